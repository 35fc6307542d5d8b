using System.Text.RegularExpressions;
using Xunit;

namespace Record.Api.Tests.Attacks;

/// <summary>Requests whose end two servers may see in different places. https://www.rfc-editor.org/rfc/rfc9112#section-6.3</summary>
public sealed partial class SmugglingTests(RecordApi api) : IClassFixture<RecordApi>
{
    private const string Smuggled = "GET /fhir/Patient/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private Task<string> Post(string headers, string body) =>
        Raw.Send(api.Base, $"POST /fhir/Basic HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.Issuer.Token()}\r\nContent-Type: application/fhir+json\r\n{headers}\r\n{body}");

    [Theory]
    [InlineData("Content-Length: 2\r\nContent-Length: 60\r\n")]
    [InlineData("Content-Length: 2, 60\r\n")]
    [InlineData("Content-Length: 0x2\r\n")]
    [InlineData("Content-Length: -1\r\n")]
    [InlineData("Content-Length: 2\r\nContent-Length : 60\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n")]
    [InlineData(" Transfer-Encoding: chunked\r\nContent-Length: 2\r\n")]
    public async Task A_request_with_two_ends_is_refused_and_the_connection_closed(string headers)
    {
        var answer = await Post(headers, "{}" + Smuggled);

        Assert.Matches("^HTTP/1.1 (400|501)", answer);
        Assert.Single(Status().Matches(answer));
    }

    [Fact]
    public async Task Where_length_and_chunks_contradict_the_chunks_count_and_the_connection_ends()
    {
        var answer = await Post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + Smuggled);

        Assert.DoesNotMatch("^HTTP/1.1 2", answer);
        Assert.Single(Status().Matches(answer));
    }

    [Theory]
    [InlineData("GET /fhir/metadata HTTP/1.1\r\n\r\n")]
    [InlineData("GET /fhir/metadata HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET /fhir/metadata HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("GET /fhir/metadata\u0000 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /fhir/metadata HTTP/9.9\r\nHost: localhost\r\n\r\n")]
    public async Task A_request_that_is_no_request_is_refused(string request)
    {
        var answer = await Raw.Send(api.Base, request);

        Assert.Matches("^HTTP/1.1 (400|505)", answer);
    }

    [Fact]
    public async Task A_header_that_is_too_long_is_refused()
    {
        var answer = await Raw.Send(api.Base, $"GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nX-Long: {new string('a', 100_000)}\r\n\r\n");

        Assert.Matches("^HTTP/1.1 431", answer);
    }

    [GeneratedRegex(@"HTTP/1\.1 \d{3}")]
    private static partial Regex Status();
}
