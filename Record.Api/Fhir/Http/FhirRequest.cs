using Record.Core;

namespace Record.Api.Fhir;

/// <summary>One FHIR interaction as asked for: a request of its own, or an entry of a batch or transaction.</summary>
internal sealed record FhirRequest(FhirServices Services, Access Access, HttpRequest Http)
{
    /// <summary>How far the caller's token reaches.</summary>
    public GrantedScopes Scopes => field ??= GrantedScopes.Of(Http.HttpContext.User);

    public required string Method { get; init; }

    /// <summary>Resource type in the address; empty for the whole system.</summary>
    public string Type { get; init; } = "";

    public string Id { get; init; } = "";

    /// <summary>What follows the id: <c>_history</c>, or nothing.</summary>
    public string Part { get; init; } = "";

    public string Version { get; init; } = "";

    /// <summary>The question mark and what follows it; empty without.</summary>
    public string Query { get; init; } = "";

    /// <summary>What stands after the question mark, and the form of a search by POST.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }

    public Prefer Prefer { get; init; }

    public bool Pretty { get; init; }

    public string? IfMatch { get; init; }

    public string? IfNoneMatch { get; init; }

    public string? IfModifiedSince { get; init; }

    public string? IfNoneExist { get; init; }

    /// <summary>The address of the FHIR service as the caller sees it.</summary>
    public string Base => field ??= $"{Http.Scheme}://{Http.Host}{Http.PathBase}/fhir";

    public bool Reads => Method is "GET" or "HEAD";

    /// <summary>The first value of a parameter, or null.</summary>
    public string? Parameter(string name)
    {
        foreach (var (key, value) in Parameters)
            if (key == name) return value;
        return null;
    }
}
