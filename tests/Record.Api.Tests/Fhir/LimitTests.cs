using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Testing;
using Xunit;

namespace Record.Api.Tests.Fhir;

/// <summary>The records API as a process, for one test class.</summary>
public sealed class OwnProcess : IAsyncLifetime
{
    private readonly PostgresDatabase database = new();
    private TestIssuer issuer = null!;

    public RecordApiProcess Api { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        issuer = await TestIssuer.Start();
        Api = await RecordApiProcess.Start(database, issuer);
    }

    public async Task DisposeAsync()
    {
        await Api.DisposeAsync();
        await issuer.DisposeAsync();
        await database.DisposeAsync();
    }
}

/// <summary>Hostile bodies are refused, and memory grows by less than 200 MB meanwhile.</summary>
public class LimitTests(OwnProcess process) : IClassFixture<OwnProcess>
{
    private const int Megabyte = 1024 * 1024;

    private RecordApiProcess Api => process.Api;

    // Repeats a piece until it has written so many bytes, so that the test holds none of it.
    private sealed class Repeated(string begin, string piece, string end, long length, bool chunked) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(begin));
            var block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, Math.Max(1, 60_000 / piece.Length))));
            for (var left = length; left > 0; left -= block.Length) await stream.WriteAsync(block);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(end));
        }

        protected override bool TryComputeLength(out long computed)
        {
            var block = piece.Length * Math.Max(1, 60_000 / piece.Length);
            computed = begin.Length + (length + block - 1) / block * block + end.Length;
            return !chunked;
        }
    }

    private async Task<FhirResponse> Send(HttpContent content, string path = "/Patient")
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        return await Api.Send(HttpMethod.Post, path, content);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_fifty_megabytes_is_too_large(bool chunked)
    {
        var answer = await Send(new Repeated("{\"resourceType\":\"Patient\",\"text\":\"", "x", "\"}", 60 * Megabyte, chunked));

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "fhir.too-large", "too-long"), (answer.Status, answer.Error, answer.Issue));
    }

    [Fact]
    public async Task More_than_ten_thousand_entries_are_too_many()
    {
        var answer = await Send(new StringContent($$"""{"resourceType":"Bundle","type":"batch","entry":[{{string.Join(',', Enumerable.Repeat("""{"request":{"method":"GET","url":"Patient/1"}}""", 10_001))}}]}"""), "");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "fhir.too-many-entries"), (answer.Status, answer.Error));
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { string.Concat(Enumerable.Repeat("[", 100_000)), "fhir.too-deep" },
        { "{\"resourceType\":\"Patient\",\"extension\":" + string.Concat(Enumerable.Repeat("[{\"extension\":", 60)) + "1" + string.Concat(Enumerable.Repeat("}]", 60)) + "}", "fhir.too-deep" },
        { """{"resourceType":"Patient","active":true,"active":false}""", "fhir.duplicate-key" },
        { """{"resourceType":"Patient","name":[{"family":"x","\u0066amily":"y"}]}""", "fhir.duplicate-key" },
        { """{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1e999999999}}""", "fhir.invalid-resource" },
        { """{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueInteger":""" + new string('9', 100_000) + "}", "fhir.invalid-resource" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Hostile_JSON_is_refused(string body, string code)
    {
        var answer = await Send(new StringContent(body), body.Contains("Observation", StringComparison.Ordinal) ? "/Observation" : "/Patient");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused()
    {
        var answer = await Send(new ByteArrayContent([.. "{\"resourceType\":\"Patient\",\"language\":\""u8, 0xC3, 0x28, .. "\"}"u8]));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "fhir.not-utf-8"), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Memory_grows_by_less_than_two_hundred_megabytes()
    {
        for (var i = 0; i < 20; i++) await Send(new StringContent("""{"resourceType":"Patient"}"""));
        var before = Api.Memory;
        var most = 0L;
        using var measured = new CancellationTokenSource();
        var measuring = Task.Run(async () =>
        {
            while (!measured.IsCancellationRequested)
            {
                most = Math.Max(most, Api.Memory);
                await Task.Delay(5);
            }
        });

        var answers = await Task.WhenAll(
            Send(new Repeated("{\"resourceType\":\"Patient\",\"text\":\"", "x", "\"}", 60 * Megabyte, true)),
            Send(new Repeated("{\"resourceType\":\"Patient\",\"a\":[", "0,", "0]}", 49 * Megabyte, true)),
            Send(new Repeated("{\"resourceType\":\"Patient\",\"a\":", "[", "", 40 * Megabyte, false)),
            Send(new Repeated("{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[", "{\"a\":1},", "{}]}", 30 * Megabyte, false), ""));

        await measured.CancelAsync();
        await measuring;
        Assert.All(answers, answer => Assert.Contains((int)answer.Status, new[] { 413, 422 }));
        Assert.InRange((most - before) / Megabyte, 0, 199);
    }
}
