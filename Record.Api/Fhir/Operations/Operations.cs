namespace Record.Api.Fhir;

/// <summary>Operations that FHIR R4 defines and that are not offered here are refused by name.</summary>
internal static class Operations
{
    private static readonly HashSet<string> Known =
    [
        "$export", "$summary", "$lastn", "$expand", "$lookup", "$validate-code", "$subsumes", "$translate", "$closure", "$find-matches", "$document",
        "$process-message", "$apply", "$populate", "$questionnaire", "$snapshot", "$graph", "$graphql", "$convert", "$diff", "$stats", "$evaluate-measure",
        "$conforms", "$implements", "$subset", "$versions", "$compose", "$everything", "$match", "$merge", "$import", "$meta", "$meta-add", "$meta-delete",
        "$validate", "$submit", "$care-gaps", "$collect-data", "$data-requirements", "$submit-data", "$find", "$transform", "$preferred-id", "$status", "$get-ws-binding-token",
    ];

    public static Answer NotOffered(string name) => FhirRequestErrors.OperationNotOffered(Known.Contains(name) ? name : "asked for", Known.Contains(name));

    /// <summary>Any operation on one resource that has no route of its own.</summary>
    public static Task<Answer> Handle(FhirRequest request, CancellationToken cancellation) => Task.FromResult(NotOffered("$" + request.Http.RouteValues["operation"]));
}
