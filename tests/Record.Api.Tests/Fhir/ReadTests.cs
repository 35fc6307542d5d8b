using System.Net;
using Xunit;

namespace Record.Api.Tests.Fhir;

/// <summary>FHIR read and vread. https://hl7.org/fhir/R4/http.html#read</summary>
public class ReadTests(RecordApi api) : IClassFixture<RecordApi>
{
    private const string Observation = """{"resourceType":"Observation","status":"final","code":{"text":"caf\u00e9"},"valueQuantity":{"value":1.50,"unit":"mg"}}""";

    private async Task<FhirResponse> Created() => await api.Post("/Observation", Observation);

    [Fact]
    public async Task A_read_gives_the_bytes_that_were_sent_with_their_version_and_time()
    {
        var id = (await Created()).Id;

        var read = await api.Get($"/Observation/{id}");

        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.Equal("application/fhir+json; charset=utf-8", read.ContentType);
        Assert.Equal("W/\"1\"", read.Header("ETag"));
        Assert.NotNull(read.Header("Last-Modified"));
        Assert.Contains("caf\\u00e9", read.Text, StringComparison.Ordinal);
        Assert.Contains("\"value\":1.50,", read.Text, StringComparison.Ordinal);
        Assert.Equal(read.Bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), read.Header("Content-Length"));
    }

    [Fact]
    public async Task HEAD_gives_the_headers_of_a_read_and_no_body()
    {
        var id = (await Created()).Id;

        var head = await api.Send(HttpMethod.Head, $"/Observation/{id}");

        Assert.Equal((HttpStatusCode.OK, "W/\"1\"", 0), (head.Status, head.Header("ETag"), head.Bytes.Length));
    }

    [Theory]
    [InlineData("If-None-Match", "W/\"1\"", HttpStatusCode.NotModified)]
    [InlineData("If-None-Match", "W/\"9\", W/\"1\"", HttpStatusCode.NotModified)]
    [InlineData("If-None-Match", "W/\"2\"", HttpStatusCode.OK)]
    [InlineData("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", HttpStatusCode.NotModified)]
    [InlineData("If-Modified-Since", "Thu, 01 Jan 2015 00:00:00 GMT", HttpStatusCode.OK)]
    [InlineData("If-Modified-Since", "yesterday or so", HttpStatusCode.BadRequest)]
    public async Task What_the_caller_has_already_is_not_sent_again(string header, string value, HttpStatusCode status)
    {
        var id = (await Created()).Id;

        var read = await api.Get($"/Observation/{id}", (header, value));

        Assert.Equal(status, read.Status);
        if (status == HttpStatusCode.NotModified) Assert.Equal(("W/\"1\"", 0), (read.Header("ETag"), read.Bytes.Length));
    }

    [Theory]
    [InlineData("/Observation/never-stored", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/Observation/never-stored/_history/1", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/Nothing/1", HttpStatusCode.NotFound, "not-supported")]
    [InlineData("/Observation/a/b/c/d", HttpStatusCode.NotFound, "not-found")]
    public async Task What_is_not_there_is_explained_by_an_OperationOutcome(string path, HttpStatusCode status, string issue)
    {
        var read = await api.Get(path);

        Assert.Equal((status, issue), (read.Status, read.Issue));
        Assert.Equal("OperationOutcome", read.Json.GetProperty("resourceType").GetString());
    }

    [Fact]
    public async Task A_deleted_resource_is_gone_but_its_versions_are_kept()
    {
        var id = (await Created()).Id;
        await api.Delete($"/Observation/{id}");

        var read = await api.Get($"/Observation/{id}");
        var first = await api.Get($"/Observation/{id}/_history/1");
        var second = await api.Get($"/Observation/{id}/_history/2");

        Assert.Equal((HttpStatusCode.Gone, "deleted"), (read.Status, read.Issue));
        Assert.Equal((HttpStatusCode.OK, "W/\"1\""), (first.Status, first.Header("ETag")));
        Assert.Equal(HttpStatusCode.Gone, second.Status);
    }

    [Theory]
    [InlineData("?_summary=true", "meta,status,code,valueQuantity", "note")]
    [InlineData("?_summary=text", "meta,status,code,text", "valueQuantity,note")]
    [InlineData("?_summary=data", "meta,status,code,valueQuantity,note", "text")]
    [InlineData("?_elements=note", "meta,status,code,note", "valueQuantity,text")]
    [InlineData("?_elements=value", "meta,status,code,valueQuantity", "note,text")]
    public async Task A_part_of_a_resource_is_marked_as_such(string query, string kept, string left)
    {
        var id = (await api.Post("/Observation", """
            {"resourceType":"Observation","meta":{"tag":[{"system":"urn:x","code":"y"}]},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},
             "status":"final","code":{"text":"x","extension":[{"url":"http://x","valueString":"y"}]},"valueQuantity":{"value":1.50},"note":[{"text":"n"}]}
            """)).Id;

        var read = await api.Get($"/Observation/{id}{query}");

        var names = read.Json.EnumerateObject().Select(member => member.Name).ToList();
        Assert.All(kept.Split(','), name => Assert.Contains(name, names));
        Assert.All(left.Split(','), name => Assert.DoesNotContain(name, names));
        var tags = read.Json.GetProperty("meta").GetProperty("tag").EnumerateArray().Select(tag => tag.GetProperty("code").GetString());
        Assert.Equal(["SUBSETTED", "y"], tags);
        if (kept.Contains("valueQuantity", StringComparison.Ordinal)) Assert.Contains("1.50", read.Text, StringComparison.Ordinal);
        if (query == "?_summary=true") Assert.False(read.Json.GetProperty("code").TryGetProperty("extension", out _));
    }

    [Fact]
    public async Task Pretty_changes_only_white_space()
    {
        var id = (await Created()).Id;

        var read = await api.Get($"/Observation/{id}?_pretty=true");

        Assert.Contains("\n  \"valueQuantity\": {\n    \"value\": 1.50,\n", read.Text, StringComparison.Ordinal);
        Assert.Contains("caf\\u00e9", read.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_large_answer_is_compressed_where_the_caller_asks(string encoding)
    {
        var id = (await api.Post("/Observation", Observation.Replace("caf", new string('c', 5000), StringComparison.Ordinal))).Id;
        var small = (await Created()).Id;

        var large = await api.Get($"/Observation/{id}", ("Accept-Encoding", encoding));
        var plain = await api.Get($"/Observation/{id}");
        var little = await api.Get($"/Observation/{small}", ("Accept-Encoding", encoding));

        Assert.Equal((encoding, null, null), (large.Header("Content-Encoding"), plain.Header("Content-Encoding"), little.Header("Content-Encoding")));
        using var packed = new MemoryStream(large.Bytes);
        using Stream unpacked = encoding == "br" ? new System.IO.Compression.BrotliStream(packed, System.IO.Compression.CompressionMode.Decompress) : new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Decompress);
        using var result = new MemoryStream();
        await unpacked.CopyToAsync(result);
        Assert.Equal(plain.Bytes, result.ToArray());
    }
}
