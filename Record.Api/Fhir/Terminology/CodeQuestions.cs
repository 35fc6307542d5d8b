using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>
/// Turns <c>code:in</c>, <c>:not-in</c>, <c>:above</c> and <c>:below</c> into questions by codes, where a terminology server is configured.
/// https://hl7.org/fhir/R4/search.html#token
/// </summary>
internal static class CodeQuestions
{
    private const string Nothing = "urn:mse-epr:no-code|none"; // what an empty value set finds

    /// <summary>The parameters with codes in place of value sets and hierarchies; the same list where there is nothing to ask.</summary>
    public static async Task<Result<IReadOnlyList<KeyValuePair<string, string>>>> Answered(FhirRequest request, CancellationToken cancellation)
    {
        var parameters = request.Parameters;
        var terminology = request.Services.Terminology;
        if (!terminology.IsThere || !parameters.Any(parameter => Modifier(request.Type, parameter.Key) is not null)) return Result<IReadOnlyList<KeyValuePair<string, string>>>.Of(parameters);
        var answered = new List<KeyValuePair<string, string>>();
        foreach (var parameter in parameters)
        {
            if (Modifier(request.Type, parameter.Key) is not { } modifier)
            {
                answered.Add(parameter);
                continue;
            }

            var codes = new List<string>();
            foreach (var value in parameter.Value.Split(','))
            {
                if (!(await Codes(terminology, parameter.Key, modifier, value, cancellation)).TryGet(out var some, out var error)) return error;
                codes.AddRange(some.Select(code => $"{Escaped(code.System)}|{Escaped(code.Code)}"));
            }

            var name = parameter.Key[..^(modifier.Length + 1)];
            if (modifier != "not-in") answered.Add(new(name, codes.Count == 0 ? Nothing : string.Join(',', codes)));
            else if (codes.Count > 0) answered.Add(new(name + ":not", string.Join(',', codes)));
        }

        return Result<IReadOnlyList<KeyValuePair<string, string>>>.Of(answered);
    }

    // Of a chain only what cannot mean an address: :above and :below are also asked of uris and references.
    private static string? Modifier(string type, string key)
    {
        var colon = key.LastIndexOf(':');
        if (colon <= 0) return null;
        var modifier = key[(colon + 1)..];
        if (modifier is "in" or "not-in") return modifier;
        return modifier is "above" or "below" && SearchParameters.Named(type).Any(parameter => parameter.Name == key[..colon] && parameter.Kind == "token") ? modifier : null;
    }

    private static async Task<Result<IReadOnlyList<(string System, string Code)>>> Codes(Terminology terminology, string key, string modifier, string value, CancellationToken cancellation)
    {
        if (modifier is "in" or "not-in")
            return Uri.TryCreate(value.Split('|')[0], UriKind.Absolute, out _) ? await terminology.OfValueSet(value, cancellation) : FhirErrors.BadValue(key);
        return value.Split('|') is [{ Length: > 0 } system, { Length: > 0 } code] ? await terminology.OfHierarchy(system, code, modifier == "above", cancellation) : FhirErrors.BadValue(key);
    }

    private static string Escaped(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal);
}
