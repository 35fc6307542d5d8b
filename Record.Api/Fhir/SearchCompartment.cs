using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR search of what belongs to a patient or an encounter: <c>Patient/1/Observation</c>. https://hl7.org/fhir/R4/http.html#vsearch</summary>
internal static class SearchCompartment
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        var type = (string)request.Http.RouteValues["member"]!;
        if (!SearchParameters.IsResourceType(type)) return FhirRequestErrors.UnknownType;
        var parameter = request.Type.ToLowerInvariant();
        if (request.Type is not ("Patient" or "Encounter") || SearchParameters.Named(type).All(named => named.Name != parameter))
            return FhirRequestErrors.NotOffered($"A search of {type} by {request.Type}/ID");
        var search = request with { Type = type, Id = "", Parameters = [.. request.Parameters, new(parameter, $"{request.Type}/{request.Id}")] };
        return await Scoped.Refused(search, ScopeActions.Search, cancellation) ?? await SearchType.Handle(search, cancellation);
    }
}
