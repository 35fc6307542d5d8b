using System.Text;
using Record.Core.Validation.Definitions;

namespace Record.Core.Validation.Values;

/// <summary>
/// The narrative's div: well-formed, of the formatting elements only, without anything that runs or loads (txt-1, txt-2).
/// https://hl7.org/fhir/R4/narrative.html#xhtml
/// </summary>
internal ref struct Xhtml
{
    private static readonly Utf8Names<string> Elements = Set(
        "a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img "
        + "kbd li map ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var");

    private static readonly Utf8Names<string> Attributes = Set(
        "abbr accesskey align alt axis bgcolor border cellpadding cellspacing char charoff charset cite class colspan coords dir frame headers height "
        + "href hreflang id ismap lang longdesc name nohref nowrap rel rev rowspan rules scope shape span src style summary tabindex title type "
        + "usemap valign width xml:lang xml:space xmlns");

    private readonly ReadOnlySpan<byte> text;
    private readonly Stack<Range> open = new();
    private int at;
    private bool hasContent;

    private Xhtml(ReadOnlySpan<byte> text) => this.text = text;

    /// <summary>What is wrong with a div, as a sentence; null where nothing is.</summary>
    public static string? Fault(ReadOnlySpan<byte> div) => new Xhtml(div.Trim(" \t\r\n"u8)).Read();

    private string? Read()
    {
        if (!text.StartsWith("<div"u8)) return "A narrative is one div element.";
        while (at < text.Length)
        {
            if (text[at] != '<')
            {
                if (Text() is { } wrong) return wrong;
            }
            else if (Markup() is { } fault) return fault;

            if (open.Count == 0 && at < text.Length) return "A narrative is one div element, with nothing after it.";
        }

        if (open.Count > 0) return "The narrative is not well-formed: an element is not closed.";
        return hasContent ? null : "A narrative says something: text or an image (txt-2).";
    }

    private string? Text()
    {
        var end = text[at..].IndexOf((byte)'<');
        var run = end < 0 ? text[at..] : text.Slice(at, end);
        at += run.Length;
        hasContent |= run.IndexOfAnyExcept(" \t\r\n"u8) >= 0;
        return EntityFault(run);
    }

    private string? Markup()
    {
        var rest = text[at..];
        if (rest.StartsWith("</"u8)) return Close();
        if (!rest.StartsWith("<!--"u8)) return rest.StartsWith("<!"u8) || rest.StartsWith("<?"u8) ? "A narrative has no declarations and no instructions." : Open();
        var end = rest[4..].IndexOf("-->"u8);
        at += end + 7;
        return end < 0 ? "The narrative is not well-formed: a comment is not closed." : null;
    }

    private string? Close()
    {
        at += 2;
        var name = Name();
        Blank();
        if (at >= text.Length || text[at] != '>' || !open.TryPop(out var opened) || !text[name].SequenceEqual(text[opened])) return "The narrative is not well-formed: its tags do not match.";
        at++;
        return null;
    }

    private string? Open()
    {
        at++;
        var name = Name();
        if (Elements.Find(text[name]) is not { } element) return "A narrative has formatting elements only: no scripts, forms, frames, objects (txt-1).";
        hasContent |= element == "img";
        var isRoot = open.Count == 0;
        var named = false;
        while (true)
        {
            var spaced = Blank();
            if (at >= text.Length) return "The narrative is not well-formed: a tag is not closed.";
            if (text[at] == '>') { at++; open.Push(name); break; }
            if (text[at..].StartsWith("/>"u8)) { at += 2; break; }
            if (!spaced) return "The narrative is not well-formed: a tag cannot be read.";
            if (Attribute(out var isNamespace) is { } fault) return fault;
            named |= isNamespace;
        }

        return isRoot && !named ? "The div of a narrative is in the namespace http://www.w3.org/1999/xhtml." : null;
    }

    private string? Attribute(out bool isNamespace)
    {
        var name = text[Name()];
        isNamespace = false;
        if (Attributes.Find(name) is not { } known) return "A narrative has no event attributes, and only those of XHTML's formatting elements (txt-1).";
        Blank();
        if (at + 1 >= text.Length || text[at] != '=') return "The narrative is not well-formed: an attribute has no value.";
        at++;
        Blank();
        if (at >= text.Length || text[at] is not ((byte)'"' or (byte)'\'')) return "The narrative is not well-formed: an attribute's value is not quoted.";
        var length = text[(at + 1)..].IndexOf(text[at]);
        if (length < 0) return "The narrative is not well-formed: an attribute's value is not closed.";
        var value = text.Slice(at + 1, length);
        at += length + 2;
        isNamespace = known == "xmlns" && value.SequenceEqual("http://www.w3.org/1999/xhtml"u8);
        if (value.Contains((byte)'<')) return "The narrative is not well-formed: an attribute holds a tag.";
        return EntityFault(value) ?? (known is "href" or "src" or "style" or "cite" or "longdesc" && Runs(value) ? "A narrative has no scripts, in addresses and styles neither (txt-1)." : null);
    }

    /// <summary>Whether a browser would run it: after character references and blanks are resolved.</summary>
    private static bool Runs(ReadOnlySpan<byte> value)
    {
        var plain = System.Net.WebUtility.HtmlDecode(Encoding.UTF8.GetString(value)).Where(c => c > ' ' && !char.IsControl(c));
        var address = string.Concat(plain).ToLowerInvariant();
        return address.Contains("javascript:", StringComparison.Ordinal) || address.Contains("vbscript:", StringComparison.Ordinal)
            || address.Contains("data:text/html", StringComparison.Ordinal) || address.Contains("expression(", StringComparison.Ordinal);
    }

    private static string? EntityFault(ReadOnlySpan<byte> run)
    {
        for (var i = run.IndexOf((byte)'&'); i >= 0;)
        {
            var rest = run[(i + 1)..];
            var end = rest.IndexOf((byte)';');
            if (end is < 1 or > 32 || !IsEntity(rest[..end])) return "The narrative is not well-formed: an & begins no character reference.";
            var next = rest[end..].IndexOf((byte)'&');
            i = next < 0 ? -1 : i + 1 + end + next;
        }

        return null;
    }

    private static bool IsEntity(ReadOnlySpan<byte> name)
    {
        var digits = name[0] == '#';
        var hexadecimal = digits && name.Length > 1 && name[1] == 'x';
        var body = hexadecimal ? name[2..] : digits ? name[1..] : name;
        if (body.IsEmpty) return false;
        foreach (var c in body)
            if (!(hexadecimal ? char.IsAsciiHexDigit((char)c) : digits ? char.IsAsciiDigit((char)c) : char.IsAsciiLetterOrDigit((char)c))) return false;
        return true;
    }

    private Range Name()
    {
        var from = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit((char)text[at]) || text[at] is (byte)':' or (byte)'-' or (byte)'_' or (byte)'.')) at++;
        return from..at;
    }

    private bool Blank()
    {
        var from = at;
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') at++;
        return at > from;
    }

    private static Utf8Names<string> Set(string names) => R4.Names(names.Split(' '), name => name);
}
