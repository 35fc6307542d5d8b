using System.Net;
using System.Text;
using Xunit;

namespace Record.Api.Tests.Attacks;

/// <summary>Questions and addresses that try to be something else: SQL, headers, paths, entities, bombs.</summary>
public sealed class InjectionTests(RecordApi api) : IClassFixture<RecordApi>
{
    private static readonly string[] Values =
    [
        "'", "''", "\\'", "' or '1'='1", "'; drop table record.resource; --", "1); delete from record.audit; --", "$1", "$$", "${7*7}", "%27", "%00", "\0", "\u202e", "a\r\nSet-Cookie: x=1", "a%0d%0aX-Injected: 1",
        "*/**/;select pg_sleep(30)--", "|';select 1--|", "%' or true--", "__proto__", "{{7*7}}", "\\u0027", "Patient/'||(select version())||'", "gt2020' or 1=1--", "5.4|http://unitsofmeasure.org|'--",
    ];

    public static TheoryData<string> Parameters =>
    [
        "_id", "_lastUpdated", "_tag", "_profile", "_security", "_source", "_text", "_content", "_list", "_has:Observation:patient:code", "_type", "_count", "_sort", "_elements", "_summary", "_total", "_include", "_revinclude", "_page", "_filter",
        "family", "given", "name:exact", "name:contains", "identifier", "identifier:of-type", "birthdate", "gender", "gender:not", "address-postalcode", "general-practitioner", "link", "organization.name", "organization:Organization.name:contains", "deceased", "phone",
    ];

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task A_value_of_a_search_parameter_is_only_ever_a_value(string parameter)
    {
        var tables = await api.Database.Scalar("select count(*) from pg_tables where schemaname = 'record'");
        foreach (var value in Values)
        {
            var path = $"/Patient?{parameter}={Uri.EscapeDataString(value)}";
            var answer = await api.Get(path);
            var posted = await api.Send(HttpMethod.Post, "/Patient/_search", $"{parameter}={Uri.EscapeDataString(value)}", mediaType: "application/x-www-form-urlencoded");
            var named = await api.Get($"/Patient?{Uri.EscapeDataString(parameter + value)}=x");

            foreach (var one in (FhirResponse[])[answer, posted, named])
            {
                Assert.True((int)one.Status is 200 or (>= 400 and < 500), $"{parameter}={value}: {one.Status} {one.Text}");
                Assert.Null(one.Header("X-Injected"));
                Assert.Null(one.Header("Set-Cookie"));
                Assert.DoesNotContain("Npgsql", one.Text, StringComparison.Ordinal);
                Assert.DoesNotContain("PostgreSQL 1", one.Text, StringComparison.Ordinal);
            }
        }

        Assert.Equal(tables, await api.Database.Scalar("select count(*) from pg_tables where schemaname = 'record'"));
    }

    [Theory]
    [InlineData("/Patient/../../etc/passwd")]
    [InlineData("/Patient/..%2f..%2fetc%2fpasswd")]
    [InlineData("/Patient/%2e%2e/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/Patient/..%5c..%5cwindows")]
    [InlineData("/Patient/%00")]
    [InlineData("/Patient/a%00b")]
    [InlineData("/Patient/1;drop")]
    [InlineData("/Patient/1/_history/../../../x")]
    [InlineData("/Patient/1/_history/99999999999999999999")]
    [InlineData("//Patient//1")]
    [InlineData("/..;/Patient/1")]
    [InlineData("/Patient/%25%32%65")]
    public async Task An_address_leads_nowhere_but_into_the_record(string path)
    {
        var answer = await Raw.Send(api.Base, $"GET /fhir{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.Issuer.Token()}\r\nConnection: close\r\n\r\n");

        Assert.Matches("^HTTP/1.1 (400|404|410|422)", answer);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("..\\..\\secret")]
    public async Task An_import_takes_no_file_from_outside_its_folder_and_fetches_nothing(string name)
    {
        var body = $$"""{"resourceType":"Parameters","parameter":[{"name":"input","part":[{"name":"url","valueUri":{{System.Text.Json.JsonSerializer.Serialize(name)}} }]}]}""";

        var answer = await api.Send(HttpMethod.Post, "/$import", body, "system");

        Assert.InRange((int)answer.Status, 400, 499);
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \\\"file:///etc/passwd\\\">]><div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">&e;</div>")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \\\"aaaaaaaaaa\\\"><!ENTITY b \\\"&a;&a;&a;&a;&a;&a;&a;&a;\\\">]><div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">&b;&b;</div>")]
    [InlineData("<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><script>alert(1)</script></div>")]
    [InlineData("<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><img src=\\\"x\\\" onerror=\\\"alert(1)\\\"/></div>")]
    [InlineData("<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><a href=\\\"javascript:alert(1)\\\">x</a></div>")]
    public async Task A_narrative_brings_no_entity_and_no_script(string narrative)
    {
        var answer = await api.Post("/Patient", $$"""{"resourceType":"Patient","text":{"status":"generated","div":"{{narrative}}"} }""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.DoesNotContain("root:", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task XML_is_not_read_at_all()
    {
        var answer = await api.Send(HttpMethod.Post, "/Patient", """<!DOCTYPE p [<!ENTITY e SYSTEM "file:///etc/passwd">]><Patient xmlns="http://hl7.org/fhir"><id value="&e;"/></Patient>""", mediaType: "application/fhir+xml");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_compressed_body_is_not_unpacked(string encoding)
    {
        using var packed = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.SmallestSize, true)) zip.Write(Encoding.UTF8.GetBytes("""{"resourceType":"Basic","code":{"text":" """ + new string(' ', 20_000_000) + "\"}}"));
        foreach (var path in (string[])["/Basic", "", "/$validate"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, api.Base + path) { Content = new ByteArrayContent(packed.ToArray()) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/fhir+json");
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {api.Issuer.Token()}");
            Assert.InRange((int)(await api.Send(request)).Status, 400, 499);
        }
    }
}
