using System.Text.RegularExpressions;

namespace Microsoft.Extensions.Hosting;

/// <summary>What a SMART scope lets its holder do with resources of a type.</summary>
[Flags]
public enum ScopeActions
{
    None = 0,
    Create = 1,
    Read = 2,
    Update = 4,
    Delete = 8,
    Search = 16,
    All = 31,
}

/// <summary>
/// A SMART on FHIR scope for resources: <c>patient/Observation.rs</c>, <c>user/*.cruds</c>, <c>system/*.*</c>; those of version 1 (<c>.read</c>,
/// <c>.write</c>, <c>.*</c>) too. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
/// </summary>
/// <param name="Context"><c>patient</c>, <c>user</c> or <c>system</c>.</param>
/// <param name="Type">A resource type, or <c>*</c>.</param>
/// <param name="Actions">What may be done.</param>
public sealed partial record SmartScope(string Context, string Type, ScopeActions Actions)
{
    /// <summary>The scope, or why it is none that is offered.</summary>
    /// <param name="text">As it stands in a request or token.</param>
    /// <param name="scope">The scope.</param>
    /// <param name="problem">Null where <paramref name="text"/> does not look like a scope for resources.</param>
    public static bool TryParse(string text, out SmartScope? scope, out string? problem)
    {
        (scope, problem) = (null, null);
        var match = Shape().Match(text);
        if (!match.Success) return false;
        var actions = match.Groups["actions"].Value;
        if (match.Groups["query"].Success) problem = $"The scope '{text[..text.IndexOf('?', StringComparison.Ordinal)]}?…' restricts by search parameters, which is not offered here.";
        else if (Parse(actions) is not ScopeActions.None and var parsed) scope = new(match.Groups["context"].Value, match.Groups["type"].Value, parsed);
        else problem = $"The scope for {match.Groups["type"].Value} must name actions in the order c, r, u, d, s.";
        return scope is not null;
    }

    /// <summary>Whether everything that <paramref name="other"/> allows is allowed by this one.</summary>
    public bool Covers(SmartScope other) => Context == other.Context && (Type == "*" || Type == other.Type) && (other.Actions & ~Actions) == 0;

    private static ScopeActions Parse(string actions) => actions switch
    {
        "*" => ScopeActions.All,
        "read" => ScopeActions.Read | ScopeActions.Search,
        "write" => ScopeActions.Create | ScopeActions.Update | ScopeActions.Delete,
        _ when Letters().IsMatch(actions) => actions.Aggregate(ScopeActions.None, (all, letter) => all | letter switch
        {
            'c' => ScopeActions.Create,
            'r' => ScopeActions.Read,
            'u' => ScopeActions.Update,
            'd' => ScopeActions.Delete,
            _ => ScopeActions.Search,
        }),
        _ => ScopeActions.None,
    };

    [GeneratedRegex(@"^(?<context>patient|user|system)/(?<type>\*|[A-Z][A-Za-z]{1,63})\.(?<actions>[a-z*]{1,10})(?<query>\?.*)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();

    [GeneratedRegex(@"^c?r?u?d?s?\z")]
    private static partial Regex Letters();
}
