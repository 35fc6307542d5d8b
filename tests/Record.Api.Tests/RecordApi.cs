using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Xunit;

namespace Record.Api.Tests;

/// <summary>The records API as it is deployed, on a database of its own and a real port.</summary>
public sealed class RecordApi : IAsyncLifetime
{
    private readonly PostgresDatabase database = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(2) };
    private WebApplication? app;

    public TestIssuer Issuer { get; private set; } = null!;

    public PostgresDatabase Database => database;

    /// <summary>The address of the FHIR service.</summary>
    public string Base => app!.Urls.First() + "/fhir";

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        Issuer = await TestIssuer.Start();
        app = RecordApiHost.Build(Arguments(database, Issuer));
        await app.StartAsync();
    }

    /// <summary>Every address that the service answers.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints => [.. app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>How the service is started here.</summary>
    public static string[] Arguments(PostgresDatabase database, TestIssuer issuer, params string[] more) =>
    [
        "--urls=http://127.0.0.1:0", $"--ConnectionStrings:record={database.As("record_api")}", $"--Identity:Issuer={issuer.Address}",
        $"--Config:Directory={Checkout.Config}", "--Logging:LogLevel:Default=Warning", $"--Fhir:Import:Folder={ImportFolder}", .. more,
    ];

    /// <summary>The folder whose files an import may name.</summary>
    public static string ImportFolder { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "imports")).FullName;

    public async Task DisposeAsync()
    {
        await app!.StopAsync();
        await app.DisposeAsync();
        await Issuer.DisposeAsync();
        await database.DisposeAsync();
        http.Dispose();
    }

    /// <summary>Sends a request as another system, which needs no relationship with anybody, unless <paramref name="role"/> says otherwise; "" is nobody.</summary>
    public async Task<FhirResponse> Send(HttpMethod method, string path, string? body = null, string role = "system", string mediaType = "application/fhir+json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith("http", StringComparison.Ordinal) ? path : Base + path);
        if (role.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Issuer.Token(role));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        }

        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Send(request);
    }

    public async Task<FhirResponse> Send(HttpRequestMessage request)
    {
        using var response = await http.SendAsync(request);
        return new FhirResponse(response, await response.Content.ReadAsByteArrayAsync());
    }

    public Task<FhirResponse> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, null, headers: headers);

    public Task<FhirResponse> Post(string path, string body, params (string Name, string Value)[] headers) => Send(HttpMethod.Post, path, body, headers: headers);

    public Task<FhirResponse> Put(string path, string body, params (string Name, string Value)[] headers) => Send(HttpMethod.Put, path, body, headers: headers);

    public Task<FhirResponse> Delete(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Delete, path, null, headers: headers);

    public Task<FhirResponse> Patch(string path, string body, params (string Name, string Value)[] headers) => Send(HttpMethod.Patch, path, body, mediaType: "application/json-patch+json", headers: headers);
}

/// <summary>A response, read whole.</summary>
public sealed class FhirResponse(HttpResponseMessage response, byte[] bytes)
{
    public HttpStatusCode Status { get; } = response.StatusCode;

    public byte[] Bytes => bytes;

    public string Text => Encoding.UTF8.GetString(bytes);

    public JsonElement Json => JsonDocument.Parse(bytes).RootElement;

    public string? ContentType { get; } = response.Content.Headers.ContentType?.ToString();

    /// <summary>A header of the response or its content; null if it is not there.</summary>
    public string? Header(string name) => response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    public string Id => Json.GetProperty("id").GetString()!;

    /// <summary>Our code of the error.</summary>
    public string? Error => Json.GetProperty("issue")[0].GetProperty("details").TryGetProperty("coding", out var coding) ? coding[0].GetProperty("code").GetString() : null;

    /// <summary>FHIR's issue-type of the error.</summary>
    public string Issue => Json.GetProperty("issue")[0].GetProperty("code").GetString()!;
}
