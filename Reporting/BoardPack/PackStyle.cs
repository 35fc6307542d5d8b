using ClosedXML.Excel;

namespace Reporting.BoardPack;

/// <summary>Colours, fonts and number formats of a board pack. Status is always in words; colour only repeats it.</summary>
internal static class PackStyle
{
    public const string Font = "Arial";
    public const double FontSize = 10;
    public const double LineHeight = 13.5;

    public const string Whole = "#,##0";
    public const string Percent = "0.0\"%\"";
    public const string WholePercent = "0\"%\"";
    public const string FinePercent = "0.00\"%\"";
    public const string Day = "d mmm yyyy";
    public const string Minute = "d mmm yyyy hh:mm";
    public const string Duration = "[h]:mm:ss";

    public static XLColor Heading { get; } = XLColor.FromHtml("#003087");
    public static XLColor TableHead { get; } = XLColor.FromHtml("#005EB8");
    public static XLColor Banner { get; } = XLColor.FromHtml("#FFB81C");
    public static XLColor Attention { get; } = XLColor.FromHtml("#FDE9C9");
    public static XLColor Rule { get; } = XLColor.FromHtml("#C8CED3");
    public static XLColor Quiet { get; } = XLColor.FromHtml("#425563");
    public static XLColor Band { get; } = XLColor.FromHtml("#F0F4F5");
}
