using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Testing;
using Xunit;

namespace Identity.Tests;

/// <summary>The accounts of CONTRACT: who gets which token, and who gets none.</summary>
public sealed class SignInTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private readonly Uri address = new($"http://localhost:{PostgresServer.FreePort()}");
    private readonly HttpClient http = new();
    private WebApplication? identity;

    public async Task InitializeAsync()
    {
        identity = IdentityHost.Build([$"--urls={address}", $"--ConnectionStrings:record={database.As("identity")}", $"--Identity:Issuer={address}", "--Clients:Web=http://localhost:1", "--Clients:Worker=http://localhost:2", "--environment=Development"]);
        await identity.StartAsync();
        await RunningAppHost.Until(async () =>
        {
            using var health = await http.GetAsync(new Uri(address, "health"));
            return health.IsSuccessStatusCode ? "healthy" : null;
        }, "the sign-in service");
    }

    public async Task DisposeAsync()
    {
        await identity!.DisposeAsync();
        http.Dispose();
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)));
        using var answer = await http.PostAsync(new Uri(address, path), content);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static JsonElement Claims(JsonElement body)
    {
        var payload = body.GetProperty("access_token").GetString()!.Split('.')[1].Replace('-', '+').Replace('_', '/');
        return JsonDocument.Parse(Convert.FromBase64String(payload.PadRight(payload.Length + (4 - payload.Length % 4) % 4, '='))).RootElement;
    }

    [Theory]
    [InlineData("acute.doctor", "acute-clinician", "RAJ")]
    [InlineData("mh.nurse", "mental-health-clinician", "R1L")]
    [InlineData("community.nurse", "community-clinician", "R1L")]
    [InlineData("service.manager", "service-manager", "R1L")]
    [InlineData("privacy.acute", "privacy-officer", "RAJ")]
    [InlineData("privacy.mh", "privacy-officer", "R1L")]
    [InlineData("feed.manager", "feed-manager", "RAJ")]
    [InlineData("board.member", "board-member", "QH8")]
    [InlineData("programme.manager", "programme-manager", "QH8")]
    [InlineData("programme.sro", "programme-sro", "QH8")]
    public async Task A_local_token_says_role_and_organisation(string user, string role, string organisation)
    {
        var (status, body) = await Post("local/token", ("user", user));

        Assert.Equal(HttpStatusCode.OK, status);
        var claims = Claims(body);
        Assert.Equal((user, role, organisation, "record"), (claims.GetProperty("sub").GetString(), claims.GetProperty("role").GetString(), claims.GetProperty("organisation").GetString(), claims.GetProperty("aud").GetString()));
    }

    [Fact]
    public async Task A_machine_signs_in_with_its_secret_and_with_no_other()
    {
        (string, string)[] form = [("grant_type", "client_credentials"), ("client_id", "local-system"), ("scope", "system/*.*")];

        var good = await Post("connect/token", [.. form, ("client_secret", "local-system-secret")]);
        var bad = await Post("connect/token", [.. form, ("client_secret", "guess")]);

        Assert.Equal((HttpStatusCode.OK, "system"), (good.Status, Claims(good.Body).GetProperty("role").GetString()));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (bad.Status, bad.Body.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task A_user_that_does_not_exist_gets_no_token()
    {
        using var content = new FormUrlEncodedContent([new("user", "nobody")]);
        using var answer = await http.PostAsync(new Uri(address, "local/token"), content);

        Assert.False(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Discovery_names_the_endpoints()
    {
        var discovery = await http.GetFromJsonAsync<JsonElement>(new Uri(address, ".well-known/openid-configuration"));

        Assert.Equal(new Uri(address, "connect/token").ToString(), discovery.GetProperty("token_endpoint").GetString());
    }
}
