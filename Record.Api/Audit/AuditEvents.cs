using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Record.Api.Fhir;
using Record.Core;
using Record.Core.Audit.Reading;

namespace Record.Api.Audit;

/// <summary>The audit as FHIR AuditEvents for privacy officers: read, and search by who, whom, what, when and outcome. Others see those that were sent here.</summary>
internal sealed class AuditEvents(AuditReadStore store)
{
    private const string Type = "AuditEvent";

    public async Task<Answer> Search(FhirRequest request, CancellationToken cancellation)
    {
        request = request with { Type = Type };
        if (request.Access.Role != Roles.PrivacyOfficer) return await SearchType.Handle(request, cancellation);
        if (!Question(request.Parameters).TryGet(out var query, out var error)) return error;
        var asked = string.Join('&', request.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"));
        var found = await store.Search(request.Access, query, "search-type", asked, cancellation);
        if (!found.TryGet(out var page, out error)) return error;
        return new Answer(StatusCodes.Status200OK) { Content = Bytes(Bundle(request, page)) };
    }

    public async Task<Answer> Read(FhirRequest request, CancellationToken cancellation)
    {
        request = request with { Type = Type };
        if (request.Access.Role != Roles.PrivacyOfficer) return await Fhir.Read.Handle(request, cancellation);
        var found = await store.Read(request.Access, request.Id, cancellation);
        return found.TryGet(out var seen, out var error) ? new Answer(StatusCodes.Status200OK) { Content = Bytes(AuditEventJson.Of(seen)) } : error;
    }

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static JsonObject Bundle(FhirRequest request, AuditPage page)
    {
        var asked = request.Parameters.Where(parameter => parameter.Key != "_page").Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value)).ToList();
        string Address(IEnumerable<KeyValuePair<string, string?>> parameters) => $"{request.Base}/{Type}{QueryString.Create(parameters)}";
        var links = new JsonArray(new JsonObject { ["relation"] = "self", ["url"] = Address(asked) });
        if (page.Next is { } next) links.Add(new JsonObject { ["relation"] = "next", ["url"] = Address(asked.Append(new("_page", next))) });
        return new()
        {
            ["resourceType"] = "Bundle",
            ["type"] = "searchset",
            ["link"] = links,
            ["entry"] = new JsonArray([.. page.Seen.Select(seen => new JsonObject
            {
                ["fullUrl"] = $"{request.Base}/{Type}/{seen.Id}", ["resource"] = AuditEventJson.Of(seen), ["search"] = new JsonObject { ["mode"] = "match" },
            })]),
        };
    }

    /// <summary>Reads the parameters; one that is not understood is refused, since nobody should take silence in an audit for an answer.</summary>
    internal static Result<AuditQuery> Question(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var query = new AuditQuery();
        foreach (var (name, value) in parameters)
        {
            if (name is "_pretty" or "_format") continue;
            if (With(query, name, value) is not { } narrower) return AuditErrors.BadParameter(name) with { Expression = $"http.{name}" };
            query = narrower;
        }

        return query;
    }

    private static AuditQuery? With(AuditQuery query, string name, string value) => name switch
    {
        "patient" or "patient._id" => query with { Patients = [.. value.Split(',').Select(part => part.StartsWith("Patient/", StringComparison.Ordinal) ? part[8..] : part)] },
        "agent" or "agent:identifier" or "agent-name" => query with { Actor = AfterSystem(value) },
        "agent-role" => query with { Role = AfterSystem(value) },
        "action" => AfterSystem(value) is { Length: 1 } action && "CRUDE".Contains(action, StringComparison.Ordinal) ? query with { Action = action[0] } : null,
        "outcome" => AfterSystem(value) switch { "0" => query with { Succeeded = true }, "4" => query with { Succeeded = false }, _ => null },
        "subtype" => query with { Interaction = AfterSystem(value) },
        "address" => query with { Network = value },
        "entity" => value.Split('/') is [var type, { Length: > 0 } id] ? query with { ResourceType = type, ResourceId = id } : null,
        "date" => Dated(query, value),
        "_id" => AuditQuery.Place(value) is { } one ? query with { One = one } : null,
        "_page" => AuditQuery.Place(value) is { } after ? query with { After = after } : null,
        "_count" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 ? query with { Count = Math.Min(count, AuditQuery.Most) } : null,
        _ => null,
    };

    private static string AfterSystem(string token) => token[(token.LastIndexOf('|') + 1)..];

    // https://hl7.org/fhir/R4/search.html#date
    private static AuditQuery? Dated(AuditQuery query, string value)
    {
        var prefix = value.Length > 2 && char.IsAsciiLetter(value[0]) ? value[..2] : "eq";
        if (Span(prefix == "eq" && !value.StartsWith("eq", StringComparison.Ordinal) ? value : value[2..]) is not (var start, var end)) return null;
        return prefix switch
        {
            "eq" => query with { From = start, Until = end },
            "ge" => query with { From = start },
            "gt" or "sa" => query with { From = end },
            "le" => query with { Until = end },
            "lt" or "eb" => query with { Until = start },
            _ => null,
        };
    }

    private static (DateTimeOffset Start, DateTimeOffset End)? Span(string text)
    {
        static DateTimeOffset? Parse(string text, string format) =>
            DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
        if (Parse(text, "yyyy") is { } year) return (year, year.AddYears(1));
        if (Parse(text, "yyyy-MM") is { } month) return (month, month.AddMonths(1));
        if (Parse(text, "yyyy-MM-dd") is { } day) return (day, day.AddDays(1));
        if ((Parse(text, "yyyy-MM-dd'T'HH:mm") ?? Parse(text, "yyyy-MM-dd'T'HH:mmK")) is { } minute) return (minute, minute.AddMinutes(1));
        if ((Parse(text, "yyyy-MM-dd'T'HH:mm:ss") ?? Parse(text, "yyyy-MM-dd'T'HH:mm:ssK")) is { } second) return (second, second.AddSeconds(1));
        return Parse(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK") is { } instant ? (instant, instant.AddTicks(10)) : null;
    }
}
