using System.Text.Json;
using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>What a resource can be found by, read from its JSON in one walk.</summary>
/// <param name="Patient">Id of the Patient whom the resource is about, if any.</param>
/// <param name="Values">Each value of each parameter once.</param>
internal sealed record SearchValues(string? Patient, IReadOnlyCollection<SearchValue> Values)
{
    /// <summary>What the resource says of who has to do with the patient.</summary>
    public IReadOnlyList<RelationshipFact> Facts { get; init; } = [];

    /// <summary>Reads the values. https://hl7.org/fhir/R4/search.html</summary>
    public static SearchValues Of(string type, string id, JsonElement resource)
    {
        var found = new List<SearchValue>(24);
        SearchParameters.Tree(type).Walk(resource, found, static (parameter, element, into) => ElementValues.Read(parameter!, element, into));
        if (type == "Patient" && SearchParameters.Of(type)["deceased"] is var deceased && !found.Exists(value => value.Parameter == deceased))
            found.Add(new(deceased, SearchForm.Plain) { Value = "false" }); // R4: deceased exists and is not false
        var patient = Compartment.PatientOf(type, id, found);
        return new(patient, Kept(type, patient, found)) { Facts = RelationshipFacts.Of(type, resource) };
    }

    private static HashSet<SearchValue> Kept(string type, string? patient, List<SearchValue> found)
    {
        var sorted = SearchParameters.SortDate(type) is { } date ? SortedBy(date, found) : null;
        var kept = new HashSet<SearchValue>(found.Count);
        foreach (var value in found)
        {
            if (IsOwnPatient(value, patient)) continue;
            var dated = value.Parameter.Type is (SearchParamType.Token or SearchParamType.Reference) && value.Parameter.ByPatient(value.Form);
            kept.Add(dated ? value with { Low = sorted } : value);
        }

        return kept;
    }

    private static bool IsOwnPatient(SearchValue value, string? patient) =>
        patient is not null && value.Parameter.IsPatient && value.Form == SearchForm.Plain && value.Value is { } reference
        && reference.Length == patient.Length + 8 && reference.StartsWith("Patient/", StringComparison.Ordinal) && reference.EndsWith(patient, StringComparison.Ordinal);

    private static DateTimeOffset? SortedBy(SearchParameter date, List<SearchValue> found)
    {
        DateTimeOffset? first = null;
        foreach (var value in found)
            if (value.Parameter == date && (first is null || value.Low < first)) first = value.Low;
        return first;
    }
}
