using System.Runtime.CompilerServices;
using System.Security.Claims;

namespace Microsoft.Extensions.Hosting;

/// <summary>How far a scope reaches: not at all, to one patient, or to whatever the holder's role opens.</summary>
public enum Reach
{
    None,
    OnePatient,
    Everybody,
}

/// <summary>What the scopes of a validated token allow its holder to do with resources; the role decides besides.</summary>
public sealed class GrantedScopes
{
    /// <summary>The scope of our own applications: whatever the role may do, in all services.</summary>
    public const string Record = "record";

    private static readonly ConditionalWeakTable<ClaimsPrincipal, GrantedScopes> Known = [];

    private readonly SmartScope[] scopes;

    private GrantedScopes(ClaimsPrincipal user)
    {
        var texts = user.FindAll("scope").SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var isSystem = user.HasClaim("role", "system");
        Patient = user.FindFirstValue("patient") is { Length: > 0 } patient ? patient : null;
        scopes = [.. texts.Select(text => SmartScope.TryParse(text, out var scope, out _) ? scope : null).OfType<SmartScope>().Where(scope => scope.Context == "system" == isSystem)];
        Everything = texts.Contains(Record) || scopes.Any(scope => scope is { Context: "system", Type: "*", Actions: ScopeActions.All });
    }

    /// <summary>The scopes of a token; worked out once.</summary>
    public static GrantedScopes Of(ClaimsPrincipal user) => Known.GetValue(user, holder => new GrantedScopes(holder));

    /// <summary>Whether nothing is held back beyond what the role is.</summary>
    public bool Everything { get; }

    /// <summary>Id of the Patient in whose context an app was launched.</summary>
    public string? Patient { get; }

    /// <summary>How far these actions reach for a type; <c>*</c> asks for all types.</summary>
    public Reach ReachOf(string type, ScopeActions actions)
    {
        if (Everything || Allowed(type, static scope => scope.Context is "user" or "system").HasFlag(actions)) return Reach.Everybody;
        // An app in the context of a patient reads; it does not write.
        return Patient is not null && (actions & ~(ScopeActions.Read | ScopeActions.Search)) == 0 && Allowed(type, static _ => true).HasFlag(actions) ? Reach.OnePatient : Reach.None;
    }

    /// <summary>The types that these actions reach, where not all are.</summary>
    public IReadOnlyList<string> TypesFor(ScopeActions actions) =>
        [.. scopes.Select(scope => scope.Type).Where(type => type != "*").Distinct().Where(type => ReachOf(type, actions) != Reach.None)];

    private ScopeActions Allowed(string type, Func<SmartScope, bool> which)
    {
        var allowed = ScopeActions.None;
        foreach (var scope in scopes)
            if (which(scope) && (scope.Type == "*" || scope.Type == type)) allowed |= scope.Actions;
        return allowed;
    }
}
