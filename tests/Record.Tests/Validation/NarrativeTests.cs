using System.Text.Json.Nodes;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>The narrative's XHTML (txt-1, txt-2). https://hl7.org/fhir/R4/narrative.html</summary>
public class NarrativeTests
{
    [Theory]
    [InlineData("<p>a</p>")]
    [InlineData("<table border=\"1\"><tbody><tr><td colspan='2'>a<br/>b</td></tr></tbody></table>")]
    [InlineData("<!-- a comment --> &amp; &#233; &#xe9; &nbsp;")]
    [InlineData("<img src=\"#photo\" alt=\"\"/>")]
    [InlineData("<a href=\"https://a.org/?b=1&amp;c=2\" title=\"x\">a</a>")]
    [InlineData("<span style=\"color: red\" class=\"x\" id=\"a1\" xml:lang=\"en\">a</span>")]
    public void Formatted_text_is_taken(string inside) => Checked.Valid(Text($"<div xmlns=\"http://www.w3.org/1999/xhtml\">{inside}</div>"));

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<SCRIPT>alert(1)</SCRIPT>")]
    [InlineData("<p onclick=\"x()\">a</p>")]
    [InlineData("<a href=\"javascript:x()\">a</a>")]
    [InlineData("<a href=\" java&#115;cript:x()\">a</a>")]
    [InlineData("<a href=\"&#x6A;AVASCRIPT:x()\">a</a>")]
    [InlineData("<p style=\"width: expression(x())\">a</p>")]
    [InlineData("<iframe src=\"https://a.org\"/>")]
    [InlineData("<form action=\"/\"><input/></form>a")]
    [InlineData("<object data=\"x\"/>a")]
    [InlineData("<link rel=\"stylesheet\" href=\"x\"/>a")]
    [InlineData("<p>a</b>")]
    [InlineData("<p>a")]
    [InlineData("<p class=a>a</p>")]
    [InlineData("<p class>a</p>")]
    [InlineData("<p class=\"a>a</p>")]
    [InlineData("a & b")]
    [InlineData("a &lt b")]
    [InlineData("<?php x ?>a")]
    [InlineData("<![CDATA[a]]>")]
    [InlineData("<!-- never closed")]
    [InlineData("   ")]
    [InlineData("<p> <b/></p>")]
    public void What_runs_loads_or_is_not_well_formed_is_refused(string inside) =>
        Checked.OneFault(Text($"<div xmlns=\"http://www.w3.org/1999/xhtml\">{inside}</div>"), "invariant", "Observation.text.div");

    [Theory]
    [InlineData("<div>a</div>")]
    [InlineData("<div xmlns=\"http://a.org\">a</div>")]
    [InlineData("<p xmlns=\"http://www.w3.org/1999/xhtml\">a</p>")]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div><div>b</div>")]
    [InlineData("<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div> b")]
    [InlineData("<!DOCTYPE div SYSTEM \"file:///etc/passwd\"><div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>")]
    [InlineData("<!DOCTYPE d [<!ENTITY a \"b\">]><div xmlns=\"http://www.w3.org/1999/xhtml\">&a;</div>")]
    [InlineData("just text")]
    public void A_narrative_is_one_div_of_XHTML(string div) => Checked.OneFault(Text(div), "invariant", "Observation.text.div");

    private static JsonObject Text(string div) => Checked.Observation.With(o => o["text"]!["div"] = div);
}
