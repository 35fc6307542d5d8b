namespace Record.Core.Fhir;

/// <summary>Which patient a resource is about, and which types are about no patient at all.</summary>
internal static class Compartment
{
    private static readonly HashSet<string> Public =
    [
        "Organization", "Location", "Practitioner", "PractitionerRole", "HealthcareService", "Endpoint", "CodeSystem", "ValueSet",
        "ConceptMap", "StructureDefinition", "SearchParameter", "CapabilityStatement", "OperationDefinition", "Medication",
        "Questionnaire", "PlanDefinition", "ActivityDefinition", "NamingSystem", "Substance", "InsurancePlan",
        "OrganizationAffiliation", "Measure", "Library", "MessageDefinition", "GraphDefinition", "ImplementationGuide",
    ];

    /// <summary>Whether everybody who is signed in may read resources of this type.</summary>
    public static bool IsPublic(string type) => Public.Contains(type);

    /// <summary>Id of the Patient that a resource is about: its own, or that of its <c>patient</c> or <c>subject</c> reference.</summary>
    public static string? PatientOf(string type, string id, List<SearchValue> values)
    {
        if (type == "Patient") return id;
        if (type == "Person") return null; // it gathers source patients and is about none of them alone
        string? subject = null;
        foreach (var value in values)
        {
            if (value.Form != SearchForm.Plain || value.Parameter.Type != Hl7.Fhir.Model.SearchParamType.Reference) continue;
            if (value.Value is not { } reference || !reference.StartsWith("Patient/", StringComparison.Ordinal)) continue;
            if (value.Parameter.Name == "patient") return reference[8..];
            if (value.Parameter.Name == "subject") subject ??= reference[8..];
        }

        return subject;
    }
}
