using System.Text.Json;

namespace Record.Web.Records;

/// <summary>An app that people may start from a person's page: <c>Launch:Apps:ID</c>.</summary>
/// <param name="Id">Its client id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Url">Where it starts.</param>
public sealed record LaunchableApp(string Id, string Name, string Url)
{
    /// <summary>All that are configured.</summary>
    public static IReadOnlyList<LaunchableApp> All(IConfiguration configuration) =>
        [.. configuration.GetSection("Launch:Apps").GetChildren().Where(app => app["Url"] is not null).Select(app => new LaunchableApp(app.Key, app["Name"] ?? app.Key, app["Url"]!))];
}

/// <summary>Tells sign-in which patient its user has chosen for an app. https://hl7.org/fhir/smart-app-launch/app-launch.html</summary>
public sealed class LaunchApi(HttpClient http, RecordApi record)
{
    /// <summary>The value of the parameter <c>launch</c> for the best verified record of a person; null if the user may not open that person.</summary>
    public async Task<string?> For(Guid person, CancellationToken cancellation)
    {
        var journey = (await record.Person(person, cancellation)).Value;
        if (journey?.Records.OrderByDescending(each => each.NhsNumberStatus == "01").FirstOrDefault() is not { } chosen) return null;
        var kept = await Api.Send<JsonElement>(http, HttpMethod.Post, "launches", new { patient = chosen.Patient }, cancellation);
        return kept.Value.ValueKind == JsonValueKind.Object && kept.Value.TryGetProperty("launch", out var launch) ? launch.GetString() : null;
    }
}
