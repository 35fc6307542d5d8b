using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>
/// Holds a request against the scopes of its token. Our own applications and machines with <c>system/*.*</c> pass at once; an app passes as far
/// as its scopes reach, and under <c>patient/</c> scopes only to the patient in whose context it was launched.
/// https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
/// </summary>
internal static class Scoped
{
    /// <summary>Why these actions are refused; null if they are not. The refusal has its audit row.</summary>
    public static async Task<Answer?> Refused(FhirRequest request, ScopeActions actions, CancellationToken cancellation)
    {
        if (request.Scopes.Everything || actions == ScopeActions.None) return null;
        var error = Uncovered(request, actions) ?? await Foreign(request, actions, cancellation);
        if (error is null) return null;
        var done = (actions & (ScopeActions.Create | ScopeActions.Update | ScopeActions.Delete)) == 0 ? 'R' : 'U';
        await request.Services.Audit.Write(new(request.Access, done, "scope", request.Type, request.Id.Length > 0 ? request.Id : null, null, error.Code, []), cancellation);
        return error;
    }

    /// <summary>What an entry of a Bundle does.</summary>
    public static ScopeActions ActionsOf(BundleItem item)
    {
        var request = item.Request;
        if (request.Type == "metadata") return ScopeActions.None;
        var condition = item.Criteria is not null && !request.Reads || request.IfNoneExist is not null ? ScopeActions.Search : ScopeActions.None;
        return condition | request.Method switch
        {
            "POST" => ScopeActions.Create,
            "PUT" or "PATCH" => ScopeActions.Update,
            "DELETE" => ScopeActions.Delete,
            _ => request.Id.Length > 0 && request.Id != "_history" ? ScopeActions.Read : ScopeActions.Search,
        };
    }

    private static RecordError? Uncovered(FhirRequest request, ScopeActions actions)
    {
        var types = request.Type.Length > 0 ? [request.Type] : Types(request);
        foreach (var type in types)
        {
            var reach = request.Scopes.ReachOf(type, actions);
            if (reach == Reach.None) return ScopeErrors.NotCovered(type, actions);
            if (reach == Reach.OnePatient && request.Type.Length == 0) return ScopeErrors.OnePatient;
        }

        return null;
    }

    // A question to the whole record is one to the types that it names, else to all.
    private static string[] Types(FhirRequest request) =>
        request.Parameter("_type") is { Length: > 0 } named ? named.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : ["*"];

    // In the context of one patient, what is asked for by its id must be about that patient, or about none.
    private static async Task<RecordError?> Foreign(FhirRequest request, ScopeActions actions, CancellationToken cancellation)
    {
        if (request.Type.Length == 0 || request.Scopes.ReachOf(request.Type, actions) != Reach.OnePatient || OnePatient.IsOpen(request.Type)) return null;
        if (request.Id.Length == 0 || request.Id == "_history") return actions == ScopeActions.Search && request.Id.Length == 0 && OnePatient.Condition(request.Type, request.Scopes.Patient!) is not null ? null : ScopeErrors.OnePatient;
        if (request.Type == "Patient") return request.Id == request.Scopes.Patient ? null : FhirErrors.NotFound;
        return await OnePatient.Owns(request, cancellation) ? null : FhirErrors.NotFound;
    }
}

/// <summary>What is refused because of a token's scopes.</summary>
internal static class ScopeErrors
{
    public static RecordError OnePatient { get; } = new(ErrorKind.Forbidden, "scope.one-patient", "The scopes of this token reach one patient; ask for what belongs to that patient, by type.");

    public static RecordError NameTheChain { get; } = new(ErrorKind.Forbidden, "scope.chain", "Under these scopes a chained parameter must name the type of each step, and the scopes must cover it.");

    public static RecordError NotCovered(string type, ScopeActions actions) =>
        new(ErrorKind.Forbidden, "scope.not-covered", $"The scopes of this token do not allow this on {(type == "*" ? "all resource types" : type)}: {Words(actions)}.");

    private static string Words(ScopeActions actions) => actions.ToString().ToLowerInvariant();
}
