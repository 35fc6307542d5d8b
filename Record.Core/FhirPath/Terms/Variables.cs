namespace Record.Core.FhirPath.Terms;

/// <summary><c>%variables</c>. https://hl7.org/fhir/R4/fhirpath.html#vars</summary>
internal static class Variables
{
    public static Term Compile(string name) => name switch
    {
        "resource" => Term.Of((run, into) => into.Add(run.Resource), _ => true),
        "rootResource" => Term.Of((run, into) => into.Add(run.RootResource), _ => true),
        "context" => Term.Of((run, into) => into.Add(run.Context), _ => true),
        "ucum" => Term.OfConstant("http://unitsofmeasure.org"),
        "sct" => Term.OfConstant("http://snomed.info/sct"),
        "loinc" => Term.OfConstant("http://loinc.org"),
        _ when name.StartsWith("vs-", StringComparison.Ordinal) => Term.OfConstant("http://hl7.org/fhir/ValueSet/" + name[3..]),
        _ when name.StartsWith("ext-", StringComparison.Ordinal) => Term.OfConstant("http://hl7.org/fhir/StructureDefinition/" + name[4..]),
        _ => Term.Of((run, into) => into.Add(run.Environment.Variables.TryGetValue(name, out var value) ? value : throw new FhirPathException($"%{name} is not defined."))),
    };
}
