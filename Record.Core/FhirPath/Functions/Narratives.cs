using System.Collections.Frozen;
using System.Xml;

namespace Record.Core.FhirPath.Functions;

/// <summary>What XHTML a narrative may hold: txt-1 and txt-2. https://hl7.org/fhir/R4/narrative.html#xhtml</summary>
internal static class Narratives
{
    private static readonly FrozenSet<string> Elements =
        ("a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var")
        .Split(' ').ToFrozenSet();

    private static readonly FrozenSet<string> Attributes =
        ("abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width xml:lang xmlns")
        .Split(' ').ToFrozenSet();

    /// <summary>Whether the text is one XHTML <c>div</c> of allowed elements and attributes, without scripts, with some content.</summary>
    public static bool IsAllowed(string html)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = html.Length + 1 };
        using var text = new StringReader(html);
        using var reader = XmlReader.Create(text, settings);
        try
        {
            var content = false;
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element && !IsAllowed(reader)) return false;
                content |= reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA || reader is { NodeType: XmlNodeType.Element, LocalName: "img" };
            }

            return content;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    private static bool IsAllowed(XmlReader reader)
    {
        if (reader.Depth == 0 && reader.LocalName != "div") return false;
        if (!Elements.Contains(reader.LocalName) || reader.NamespaceURI != "http://www.w3.org/1999/xhtml") return false;
        while (reader.MoveToNextAttribute())
            if (!(Attributes.Contains(reader.Name) || reader.Prefix == "xmlns") || IsScript(reader)) return false;
        reader.MoveToElement();
        return true;
    }

    private static bool IsScript(XmlReader attribute) =>
        attribute.Name is "href" or "src" && attribute.Value.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase);
}
