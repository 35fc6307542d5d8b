using System.Net;
using System.Text.Json;

namespace Record.Web.Records;

/// <summary>An answer of an API: the value, or the sentence for a person and its status.</summary>
public sealed record Answer<T>(T? Value, HttpStatusCode Status, string? Problem)
{
    public bool IsDenied => Status == HttpStatusCode.Forbidden;

    public bool IsMissing => Status == HttpStatusCode.NotFound;
}

/// <summary>The records API as the signed-in user sees it.</summary>
public sealed class RecordApi(HttpClient http)
{
    public Task<Answer<Found>> Search(Question question, CancellationToken cancellation) => Api.Send<Found>(http, HttpMethod.Post, "people/_search", question, cancellation);

    public Task<Answer<Journey>> Person(Guid id, CancellationToken cancellation) => Api.Send<Journey>(http, HttpMethod.Get, $"people/{id}", null, cancellation);

    public Task<Answer<Opened>> BreakGlass(Guid person, string? reason, CancellationToken cancellation) =>
        Api.Send<Opened>(http, HttpMethod.Post, "access/break-glass", new { person, reason }, cancellation);

    public Task<Answer<Opened>> OpenSeal(Guid person, string? seal, string? reason, CancellationToken cancellation) =>
        Api.Send<Opened>(http, HttpMethod.Post, "access/seals", new { person, seal, reason }, cancellation);

    public Task<Answer<Worklist>> Worklist(string? team, CancellationToken cancellation) =>
        Api.Send<Worklist>(http, HttpMethod.Get, team is null ? "worklist" : $"worklist?team={Uri.EscapeDataString(team)}", null, cancellation);

    public Task<Answer<Team[]>> Teams(CancellationToken cancellation) => Api.Send<Team[]>(http, HttpMethod.Get, "teams", null, cancellation);

    public Task<Answer<JsonElement>> Refer(Referral referral, CancellationToken cancellation) => Api.Send<JsonElement>(http, HttpMethod.Post, "referrals", referral, cancellation);

    public Task<Answer<JsonElement>> Accept(string task, CancellationToken cancellation) => Api.Send<JsonElement>(http, HttpMethod.Post, $"referrals/{Uri.EscapeDataString(task)}/accept", new { }, cancellation);

    public Task<Answer<JsonElement>> Reject(string task, string? reason, CancellationToken cancellation) => Api.Send<JsonElement>(http, HttpMethod.Post, $"referrals/{Uri.EscapeDataString(task)}/reject", new { reason }, cancellation);

    public Task<Answer<JsonElement>> Complete(string task, string? note, CancellationToken cancellation) => Api.Send<JsonElement>(http, HttpMethod.Post, $"tasks/{Uri.EscapeDataString(task)}/complete", new { note }, cancellation);
}

/// <summary>The reporting service as the signed-in user sees it.</summary>
public sealed class ReportingApi(HttpClient http)
{
    public Task<Answer<Figures>> Figures(CancellationToken cancellation) => Api.Send<Figures>(http, HttpMethod.Get, "figures", null, cancellation);

    public Task<Answer<Deployment>> Deployment(CancellationToken cancellation) => Api.Send<Deployment>(http, HttpMethod.Get, "deployment", null, cancellation);

    public Task<Answer<ClaimPage>> Claims(CancellationToken cancellation) => Api.Send<ClaimPage>(http, HttpMethod.Get, "claims", null, cancellation);

    public async Task<Answer<(byte[] Content, string Name)>> Pack(CancellationToken cancellation)
    {
        using var answer = await http.GetAsync("board-packs/latest.xlsx", cancellation);
        if (!answer.IsSuccessStatusCode) return new(default, answer.StatusCode, null);
        var name = answer.Content.Headers.ContentDisposition?.FileNameStar ?? "board pack.xlsx";
        return new((await answer.Content.ReadAsByteArrayAsync(cancellation), name), answer.StatusCode, null);
    }
}

internal static class Api
{
    public static async Task<Answer<T>> Send<T>(HttpClient http, HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await http.SendAsync(request, cancellation);
        if (answer.StatusCode == HttpStatusCode.NoContent) return new(default, answer.StatusCode, null);
        if (answer.IsSuccessStatusCode) return new(await answer.Content.ReadFromJsonAsync<T>(cancellation), answer.StatusCode, null);
        return new(default, answer.StatusCode, await Problem(answer, cancellation));
    }

    private static async Task<string> Problem(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            return problem.TryGetProperty("detail", out var detail) ? detail.GetString() ?? "" : "The record could not answer.";
        }
        catch (JsonException)
        {
            return "The record could not answer.";
        }
    }
}
