using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Bench.Running;

/// <summary>Who asks: the headers that all requests share, with a token that is renewed before it ends.</summary>
internal sealed class Caller : IAsyncDisposable
{
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(4); // tokens live ten

    private readonly HttpClient http = new();
    private readonly CancellationTokenSource end = new();
    private readonly IPEndPoint identity, api;
    private readonly string path;
    private readonly Dictionary<string, string> form;
    private Task renewing = Task.CompletedTask;
    private volatile byte[] headers = [];

    private Caller(BenchStack stack, string path, Dictionary<string, string> form) =>
        (identity, api, this.path, this.form) = (stack.IdentityAddress, stack.ApiAddress, path, form);

    public string Token { get; private set; } = "";

    /// <summary>Host, authorisation and the empty line after them.</summary>
    public byte[] Headers() => headers;

    /// <summary>A clinician of CONTRACT, by Development's token endpoint.</summary>
    public static Task<Caller> Clinician(BenchStack stack) => Start(new(stack, "/local/token", new() { ["user"] = "acute.doctor" }));

    /// <summary>A machine, for bulk import.</summary>
    public static Task<Caller> Machine(BenchStack stack) => Start(new(stack, "/connect/token", new()
    {
        ["grant_type"] = "client_credentials",
        ["client_id"] = "local-system",
        ["client_secret"] = "local-system-secret",
        ["scope"] = "system/*.*",
    }));

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Dispose();
        end.Dispose();
    }

    private static async Task<Caller> Start(Caller caller)
    {
        await caller.Renew();
        caller.renewing = caller.KeepRenewing();
        return caller;
    }

    private async Task KeepRenewing()
    {
        using var timer = new PeriodicTimer(Renewal);
        while (await timer.WaitForNextTickAsync(end.Token)) await Renew();
    }

    private async Task Renew()
    {
        using var content = new FormUrlEncodedContent(form);
        using var answer = await http.PostAsync(new Uri($"http://{identity}{path}"), content, end.Token);
        answer.EnsureSuccessStatusCode();
        Token = (await answer.Content.ReadFromJsonAsync<JsonElement>(end.Token)).GetProperty("access_token").GetString()!;
        headers = Encoding.ASCII.GetBytes($"Host: {api}\r\nAccept: application/fhir+json\r\nAuthorization: Bearer {Token}\r\n\r\n");
    }
}
