using System.Text;
using System.Text.Unicode;

namespace Record.Core.Feeds.V2;

/// <summary>The character sets of MSH-18 (HL7 table 0211) that are understood.</summary>
internal static class V2Charset
{
    /// <summary>The encoding for a declared name; undeclared and ASCII are read as UTF-8 if they are that, else as 8859/1.</summary>
    public static bool TryGet(ReadOnlySpan<byte> declared, ReadOnlySpan<byte> message, out Encoding encoding)
    {
        encoding = Encoding.UTF8;
        var name = Encoding.ASCII.GetString(declared).Trim().ToUpperInvariant();
        switch (name)
        {
            case "" or "ASCII" or "US-ASCII" or "ISO IR6" or "\"\"":
                encoding = Utf8.IsValid(message) ? Encoding.UTF8 : Encoding.Latin1;
                return true;
            case "UNICODE UTF-8" or "UTF-8" or "UTF8" or "UNICODE":
                return true;
            case "8859/1":
                encoding = Encoding.Latin1;
                return true;
            case "8859/2" or "8859/3" or "8859/4" or "8859/5" or "8859/6" or "8859/7" or "8859/8" or "8859/9" or "8859/15":
                return TryCodePage($"iso-{name.Replace('/', '-')}", out encoding);
            default:
                return false;
        }
    }

    private static bool TryCodePage(string name, out Encoding encoding)
    {
        encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.Latin1;
        return encoding != Encoding.Latin1;
    }
}
