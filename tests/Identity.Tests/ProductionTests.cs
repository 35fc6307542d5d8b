using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Testing;
using Xunit;

namespace Identity.Tests;

/// <summary>Outside Development there is no account, machine or shortcut of CONTRACT, also in a database that served Development before.</summary>
public sealed class ProductionTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private readonly Uri address = new($"https://localhost:{PostgresServer.FreePort()}");
    private readonly string certificate = Path.Combine(Directory.CreateTempSubdirectory("mse-epr-certificate-").FullName, "localhost.pfx");
    private readonly HttpClient http = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator, AllowAutoRedirect = false });
    private WebApplication? identity;

    public async Task InitializeAsync()
    {
        using var key = RSA.Create(2048);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) { CertificateExtensions = { names.Build() } };
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await File.WriteAllBytesAsync(certificate, made.Export(X509ContentType.Pfx, "test-only"));
        await using (var before = Host("Development", new Uri($"http://localhost:{PostgresServer.FreePort()}"))) await before.StartAsync();
        identity = Host("Production", address);
        await identity.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await identity!.DisposeAsync();
        http.Dispose();
        Directory.Delete(Path.GetDirectoryName(certificate)!, true);
    }

    private WebApplication Host(string environment, Uri at) => IdentityHost.Build([
        $"--urls={at}", $"--ConnectionStrings:record={database.As("identity")}", $"--Identity:Issuer={at}", "--Clients:Web=http://localhost:1", "--Clients:Worker=http://localhost:2",
        $"--environment={environment}", "--Logging:LogLevel:Default=Error", $"--Kestrel:Certificates:Default:Path={certificate}", "--Kestrel:Certificates:Default:Password=test-only",
    ]);

    private async Task<(HttpStatusCode Status, string Text)> Post(string path, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)));
        using var answer = await http.PostAsync(new Uri(address, path), content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task There_is_no_shortcut_to_a_token() => Assert.Equal(HttpStatusCode.NotFound, (await Post("local/token", ("user", "acute.doctor"))).Status);

    [Theory]
    [InlineData("local-system", "local-system-secret")]
    [InlineData("record-web", "record-web-local-secret")]
    [InlineData("record-worker", "record-worker-local-secret")]
    public async Task No_client_of_Development_gets_a_token(string client, string secret)
    {
        var (status, text) = await Post("connect/token", ("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret), ("scope", "system/*.*"));

        Assert.Equal("invalid_client", JsonDocument.Parse(text).RootElement.GetProperty("error").GetString());
        Assert.NotEqual(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData("acute.doctor")]
    [InlineData("mh.nurse")]
    [InlineData("community.nurse")]
    [InlineData("service.manager")]
    [InlineData("privacy.acute")]
    [InlineData("privacy.mh")]
    [InlineData("feed.manager")]
    [InlineData("board.member")]
    [InlineData("programme.manager")]
    [InlineData("programme.sro")]
    public async Task No_account_of_Development_signs_in(string user)
    {
        using var browser = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator, AllowAutoRedirect = false }) { BaseAddress = address };

        using var answer = await RunningIdentity.SignIn(browser, user);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("wrong", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_serves_TLS_with_the_certificate_of_its_configuration()
    {
        var discovery = await http.GetFromJsonAsync<JsonElement>(new Uri(address, ".well-known/openid-configuration"));

        Assert.Equal(new Uri(address, "connect/token").ToString(), discovery.GetProperty("token_endpoint").GetString());
    }
}
