using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Record.Tests.Validation;

/// <summary>Primitive types. https://hl7.org/fhir/R4/datatypes.html#primitive</summary>
public class PrimitiveTests
{
    [Theory]
    [InlineData("Boolean", "true")]
    [InlineData("Integer", "-2147483648")]
    [InlineData("Integer", "2147483647")]
    [InlineData("PositiveInt", "1")]
    [InlineData("UnsignedInt", "0")]
    [InlineData("Decimal", "-0.10")]
    [InlineData("Decimal", "1.0E+2")]
    [InlineData("Decimal", "123456789012345678901234567890.123456789")]
    [InlineData("String", "\"  x\\n\\ty \"")]
    [InlineData("String", "\"\\ud83d\\ude00\"")]
    [InlineData("Markdown", "\"# A\\n\\nB\"")]
    [InlineData("Code", "\"a b\"")]
    [InlineData("Id", "\"A-1.b\"")]
    [InlineData("Uri", "\"urn:x:1\"")]
    [InlineData("Url", "\"https://a.org/b?c=d#e\"")]
    [InlineData("Canonical", "\"http://a.org/b|1.0\"")]
    [InlineData("Oid", "\"urn:oid:2.16.840.0.1\"")]
    [InlineData("Uuid", "\"urn:uuid:c757873d-ec9a-4326-a141-556f43239520\"")]
    [InlineData("Date", "\"2024-02-29\"")]
    [InlineData("Date", "\"2024-02\"")]
    [InlineData("Date", "\"2024\"")]
    [InlineData("DateTime", "\"2024-02-29\"")]
    [InlineData("DateTime", "\"2024-02-29T23:59:60Z\"")]
    [InlineData("DateTime", "\"2024-02-29T00:00:00.123456789-14:00\"")]
    [InlineData("Instant", "\"2024-02-29T00:00:00+05:30\"")]
    [InlineData("Time", "\"23:59:59.5\"")]
    [InlineData("Base64Binary", "\"aGVs\\nbG8=\"")]
    public void Values_of_the_type_are_taken(string type, string json) => Checked.Valid(Extended(type, json));

    [Theory]
    [InlineData("Integer", "2147483648")]
    [InlineData("Integer", "1.0")]
    [InlineData("Integer", "1e2")]
    [InlineData("PositiveInt", "0")]
    [InlineData("UnsignedInt", "-1")]
    [InlineData("Decimal", "1e999999")]
    [InlineData("String", "\"\"")]
    [InlineData("String", "\" \\n\\u00a0\\u2003\"")]
    [InlineData("String", "\"a\\u0000b\"")]
    [InlineData("String", "\"a\\bb\"")]
    [InlineData("String", "\"\\ud83d\"")]
    [InlineData("String", "\"\\ude00\\ud83d\"")]
    [InlineData("Markdown", "\"  \"")]
    [InlineData("Code", "\" a\"")]
    [InlineData("Code", "\"a  b\"")]
    [InlineData("Code", "\"a\\n\"")]
    [InlineData("Id", "\"a_b\"")]
    [InlineData("Id", "\"12345678901234567890123456789012345678901234567890123456789012345\"")]
    [InlineData("Uri", "\"http://a.org/b c\"")]
    [InlineData("Url", "\"\"")]
    [InlineData("Canonical", "\" http://a.org\"")]
    [InlineData("Oid", "\"2.16.840\"")]
    [InlineData("Oid", "\"urn:oid:3.1\"")]
    [InlineData("Oid", "\"urn:oid:1.02\"")]
    [InlineData("Uuid", "\"urn:uuid:C757873D-EC9A-4326-A141-556F43239520\"")]
    [InlineData("Uuid", "\"c757873d-ec9a-4326-a141-556f43239520\"")]
    [InlineData("Date", "\"2023-02-29\"")]
    [InlineData("Date", "\"2023-13\"")]
    [InlineData("Date", "\"0000\"")]
    [InlineData("Date", "\"2023-1-1\"")]
    [InlineData("Date", "\"2023-01-01T00:00:00Z\"")]
    [InlineData("DateTime", "\"2023-02-29T10:00:00Z\"")]
    [InlineData("DateTime", "\"2023-01-01T10:00:00\"")]
    [InlineData("DateTime", "\"2023-01-01T10:00Z\"")]
    [InlineData("DateTime", "\"2023-01-01T24:00:00Z\"")]
    [InlineData("DateTime", "\"2023-01-01T10:00:00+14:01\"")]
    [InlineData("DateTime", "\"2023-01-01 10:00:00Z\"")]
    [InlineData("Instant", "\"2023-01-01\"")]
    [InlineData("Time", "\"10:00\"")]
    [InlineData("Time", "\"10:00:00Z\"")]
    [InlineData("Time", "\"24:00:00\"")]
    [InlineData("Base64Binary", "\"aGVsbG8\"")]
    [InlineData("Base64Binary", "\"a*==\"")]
    public void Values_that_are_not_of_the_type_are_refused_where_they_stand(string type, string json) =>
        Checked.OneFault(Extended(type, json), "value", $"Basic.extension[0].value{type}");

    [Fact]
    public void Nulls_keep_place_for_extensions_and_for_nothing_else()
    {
        const string Pair = """{"resourceType":"Patient","name":[{"given":GIVEN,"_given":EXTRAS}]}""";
        static string Name(string given, string extras) => Pair.Replace("GIVEN", given, StringComparison.Ordinal).Replace("EXTRAS", extras, StringComparison.Ordinal);
        const string Extra = """{"extension":[{"url":"http://a.org","valueCode":"x"}]}""";

        Checked.Valid(Name("""["A",null]""", $"[null,{Extra}]"));
        Checked.Valid(Name("""["A","B"]""", $"[{Extra},null]"));
        Checked.Valid(Name("""["A"]""", """[{"id":"x"}]"""));
        Checked.OneFault(Name("""["A",null]""", $"[{Extra},null]"), "structure", "Patient.name[0].given[1]");
        Checked.OneFault(Name("""[null]""", """[{"id":"x"}]"""), "invariant", "Patient.name[0].given[0]");
        Checked.OneFault(Name("""["A"]""", Extra), "structure", "Patient.name[0].given");
        Checked.OneFault(Name("""["A"]""", """[{"value":"x"}]"""), "structure", "Patient.name[0].given[0].value");
        Checked.OneFault("""{"resourceType":"Patient","name":[{"given":["A",null]}]}""", "structure", "Patient.name[0].given[1]");
    }

    [Fact]
    public void Only_primitives_have_a_second_half() =>
        Checked.OneFault(Checked.Patient.With(p => p["_name"] = new JsonArray(new JsonObject { ["id"] = "x" })), "structure", "Patient._name");

    [Fact]
    public void An_id_alone_is_no_element()
    {
        Checked.OneFault(Checked.Patient.With(p => p["maritalStatus"] = new JsonObject { ["id"] = "x" }), "invariant", "Patient.maritalStatus");
        Checked.OneFault("""{"resourceType":"Patient","_gender":{"id":"x"}}""", "invariant", "Patient.gender");
        Checked.OneFault(Checked.Patient.With(p => p["maritalStatus"] = new JsonObject { ["id"] = "a b", ["text"] = "x" }), "value", "Patient.maritalStatus.id");
    }

    [Fact]
    public void A_string_of_more_than_a_megabyte_is_refused()
    {
        Checked.Valid(Extended("String", JsonSerializer.Serialize(new string('é', 1024 * 1024))));
        Checked.OneFault(Extended("String", JsonSerializer.Serialize(new string('x', 1024 * 1024 + 1))), "value", "Basic.extension[0].valueString");
    }

    /// <summary>An extension takes a value of any type. Written as text, since nodes would repair what is broken.</summary>
    private static string Extended(string type, string value) =>
        $$"""{"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"http://example.org/x","value{{type}}":{{value}}}]}""";
}
