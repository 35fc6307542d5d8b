using System.Globalization;
using System.Text;

namespace Bench.Scale;

/// <summary>
/// Invented patients by number, about twenty resources each: the patient, who is on the caseload of RAJ, two encounters, eight heights and nine blood pressures.
/// Seven patients share a family name that no other begins with.
/// </summary>
internal static class Population
{
    public const string System = "https://scale.example/id";
    public const string Height = "8302-2";
    public const string Pressure = "55284-4";
    public const int Each = 21;

    private static readonly DateTime First = new(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static string Id(int patient) => FormattableString.Invariant($"scale-{patient}");

    /// <summary>Five letters, so that none begins with another.</summary>
    public static string Family(int patient)
    {
        Span<char> letters = stackalloc char[5];
        for (var (rest, i) = (patient / 7, 0); i < 5; rest /= 26, i++) letters[i] = (char)('a' + rest % 26);
        return new(letters);
    }

    /// <summary>All resources of these patients, a line each.</summary>
    public static byte[] Ndjson(int from, int to)
    {
        var lines = new StringBuilder();
        for (var patient = from; patient < to; patient++) Write(lines, patient, 17);
        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    /// <summary>Resources of one patient with so many observations, eight of them heights.</summary>
    public static byte[] NdjsonOf(int patient, int observations)
    {
        var lines = new StringBuilder();
        Write(lines, patient, observations);
        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    private static void Write(StringBuilder lines, int patient, int observations)
    {
        var id = Id(patient);
        lines.Append(CultureInfo.InvariantCulture, $$$"""
            {"resourceType":"Patient","id":"{{{id}}}","identifier":[{"use":"usual","system":"{{{System}}}","value":"{{{patient}}}"}],"active":true,"name":[{"use":"official","family":"{{{Family(patient)}}}","given":["Scale","Number"]}],"telecom":[{"system":"phone","value":"01632 960{{{patient % 1000:000}}}"}],"gender":"{{{(patient % 2 == 0 ? "female" : "male")}}}","birthDate":"{{{1930 + patient % 90}}}-0{{{1 + patient % 9}}}-1{{{patient % 10}}}","address":[{"line":["{{{patient}}} Scale Street"],"city":"Basildon","postalCode":"SS14 {{{patient % 10}}}AA"}]}

            """);
        for (var i = 0; i < 2; i++)
            lines.Append(CultureInfo.InvariantCulture, $$$"""
                {"resourceType":"Encounter","id":"{{{id}}}-e{{{i}}}","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"type":[{"coding":[{"system":"http://snomed.info/sct","code":"185345009","display":"Encounter for symptom"}]}],"subject":{"reference":"Patient/{{{id}}}"},"period":{"start":"{{{Time(patient, i)}}}","end":"{{{Time(patient, i)}}}"}}

                """);
        lines.Append(CultureInfo.InvariantCulture, $$$"""
            {"resourceType":"EpisodeOfCare","id":"{{{id}}}-c","status":"active","patient":{"reference":"Patient/{{{id}}}"},"managingOrganization":{"reference":"Organization/RAJ"}}

            """);
        for (var i = 0; i < observations; i++) Observation(lines, patient, i, i % Math.Max(1, observations / 8) == 0 && i / Math.Max(1, observations / 8) < 8);
    }

    private static void Observation(StringBuilder lines, int patient, int i, bool height)
    {
        var (code, display, unit, value) = height ? (Height, "Body Height", "cm", 150 + i % 40) : (Pressure, "Blood Pressure", "mm[Hg]", 90 + i % 60);
        lines.Append(CultureInfo.InvariantCulture, $$$"""
            {"resourceType":"Observation","id":"{{{Id(patient)}}}-o{{{i}}}","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}","display":"{{{display}}}"}],"text":"{{{display}}}"},"subject":{"reference":"Patient/{{{Id(patient)}}}"},"encounter":{"reference":"Encounter/{{{Id(patient)}}}-e{{{i % 2}}}"},"effectiveDateTime":"{{{Time(patient, i)}}}","issued":"{{{Time(patient, i)}}}","valueQuantity":{"value":{{{value}}}.25,"unit":"{{{unit}}}","system":"http://unitsofmeasure.org","code":"{{{unit}}}"}}

            """);
    }

    private static string Time(int patient, int i) => First.AddHours(patient % 5000).AddMinutes(37.0 * i).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
