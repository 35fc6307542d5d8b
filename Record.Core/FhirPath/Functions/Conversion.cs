using System.Globalization;
using Record.Core.FhirPath.Terms;
using Record.Core.FhirPath.Types;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Functions;

/// <summary>http://hl7.org/fhirpath/N1/#conversion</summary>
internal static class Conversion
{
    public static readonly Function[] All =
    [
        new("iif", 2, 3, Iif),
        .. Pair("Boolean", ToBoolean),
        .. Pair("Integer", ToInteger),
        .. Pair("Decimal", ToDecimal),
        .. Pair("String", Scalars.Text),
        .. Pair("Date", ToDate),
        .. Pair("DateTime", ToDateTime),
        .. Pair("Time", value => value as Temporal is { Kind: ScalarKind.Time } time ? time : value is string text ? Temporal.Parse(text.TrimStart('T'), ScalarKind.Time) : null),
        new("toQuantity", 0, 1, call => Quantity(call, convert: true)),
        new("convertsToQuantity", 0, 1, call => Quantity(call, convert: false)),
    ];

    private static Function[] Pair(string type, Func<object, object?> convert) =>
    [
        new("to" + type, 0, 0, call => call.Value((_, value) => convert(value))),
        new("convertsTo" + type, 0, 0, call => call.Value((_, value) => convert(value) is not null)),
    ];

    private static Term Iif(Call call)
    {
        var (target, criterion, then) = (call.Target, Boolean(call), call.Argument(1));
        var otherwise = call.Count == 3 ? call.Argument(2) : null;
        return Term.Of((run, into) =>
        {
            var list = run.Rent();
            target.Collect(run, list);
            if (list.Count > 1) throw Evaluation.Several(list.Count);
            var focus = run.This;
            run.This = list.Count == 1 ? list[0] : default;
            if (criterion(run) == true) then.Collect(run, into);
            else otherwise?.Collect(run, into);
            run.This = focus;
            run.Return(list);
        });
    }

    // Unlike elsewhere, the criterion must be a Boolean.
    private static Decide Boolean(Call call)
    {
        var criterion = call.Argument(0);
        return run => run.Scalar(criterion) switch
        {
            null => null,
            bool truth => truth,
            var other => throw new FhirPathException($"iif() needs a Boolean, not a {Scalars.TypeOf(other).Name}", call.Position),
        };
    }

    private static object? ToBoolean(object value) => value switch
    {
        bool => value,
        int or decimal => Arithmetic.AsNumber(value) switch { 1 => true, 0 => false, _ => null },
        string text => text.ToLowerInvariant() switch { "true" or "t" or "yes" or "y" or "1" or "1.0" => true, "false" or "f" or "no" or "n" or "0" or "0.0" => false, _ => null },
        _ => null,
    };

    private static object? ToInteger(object value) => value switch
    {
        int => value,
        bool truth => truth ? 1 : 0,
        string text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static object? ToDecimal(object value) => value switch
    {
        decimal => value,
        int number => (decimal)number,
        bool truth => truth ? 1.0m : 0.0m,
        string text when decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static Temporal? ToDate(object value) => value switch
    {
        Temporal { Kind: ScalarKind.Date } date => date,
        Temporal { Kind: ScalarKind.DateTime } moment => AsDate(moment),
        string text => Temporal.Parse(text, ScalarKind.DateTime) is { } moment ? AsDate(moment) : null,
        _ => null,
    };

    private static Temporal AsDate(Temporal moment) => moment.Precision <= Precision.Day
        ? moment with { Kind = ScalarKind.Date }
        : new(ScalarKind.Date, moment.Local.Date, Precision.Day, 0, null);

    private static Temporal? ToDateTime(object value) => value switch
    {
        Temporal { Kind: ScalarKind.DateTime } moment => moment,
        Temporal { Kind: ScalarKind.Date } date => date with { Kind = ScalarKind.DateTime },
        string text => Temporal.Parse(text, ScalarKind.DateTime),
        _ => null,
    };

    private static Term Quantity(Call call, bool convert)
    {
        var unit = call.Count == 1 ? call.Argument(0) : null;
        return call.Value((run, value) =>
        {
            var quantity = ToQuantity(value);
            if (unit is not null && quantity is not null) quantity = run.Scalar(unit) is string wanted ? Values.Quantity.Add(new(0, wanted), quantity, 1) : null;
            return convert ? quantity : quantity is not null;
        });
    }

    private static Quantity? ToQuantity(object value) => value switch
    {
        Quantity quantity => quantity,
        bool truth => new(truth ? 1.0m : 0.0m, "1"),
        string text => Values.Quantity.Parse(text),
        _ => Arithmetic.AsQuantity(value),
    };
}
