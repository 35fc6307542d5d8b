using System.Text;
using System.Text.Json;

namespace Bench.Fhir;

/// <summary>A patient in the record, and how many resources its bundle brought: all, and those that are about the patient.</summary>
internal sealed record LoadedPatient(string Id, string System, string Value, IReadOnlyList<string> Families, int Resources, int Compartment);

/// <summary>An observation in the record, as the record has it but for its meta.</summary>
internal sealed record LoadedObservation(string Id, string Patient, string System, string Code, string Json);

/// <summary>What the transactions brought into the record, under the ids that it gave.</summary>
internal sealed class LoadedRecord
{
    private readonly Lock adding = new();

    public List<LoadedPatient> Patients { get; } = [];

    public List<LoadedObservation> Observations { get; } = [];

    public int Resources { get; private set; }

    /// <summary>Notes a bundle by the ids in its answer.</summary>
    public void Add(SyntheaBundle bundle, ReadOnlySpan<byte> answer)
    {
        var entries = bundle.Entries();
        var places = Places(answer);
        if (places.Count != entries.Count) throw new InvalidOperationException($"{bundle.Name}: {places.Count} answers to {entries.Count} entries.");
        var names = entries.Zip(places).ToDictionary(pair => pair.First.FullUrl, pair => pair.Second);
        lock (adding)
        {
            Resources += entries.Count;
            foreach (var (entry, place) in entries.Zip(places))
            {
                var id = place[(entry.Type.Length + 1)..];
                if (entry.Type == "Patient") Patients.Add(Patient(id, entry.Resource, entries));
                if (entry.Type == "Observation") Observations.Add(Observation(id, entry.Resource, names));
            }
        }
    }

    private static LoadedPatient Patient(string id, JsonElement resource, IReadOnlyList<SyntheaEntry> entries)
    {
        var identifier = resource.GetProperty("identifier")[0];
        var families = resource.GetProperty("name").EnumerateArray().Select(name => name.GetProperty("family").GetString()!).ToList();
        var others = entries.Count(entry => entry.Type is "Organization" or "Practitioner");
        return new(id, identifier.GetProperty("system").GetString()!, identifier.GetProperty("value").GetString()!, families, entries.Count, entries.Count - others);
    }

    private static LoadedObservation Observation(string id, JsonElement resource, Dictionary<string, string> names)
    {
        var code = resource.GetProperty("code").GetProperty("coding")[0];
        var patient = names[resource.GetProperty("subject").GetProperty("reference").GetString()!]["Patient/".Length..];
        var json = Synthea.Resolve(resource.GetRawText(), names).Replace(resource.GetProperty("id").GetString()!, id, StringComparison.Ordinal);
        return new(id, patient, code.GetProperty("system").GetString()!, code.GetProperty("code").GetString()!, json);
    }

    // Type/id of each entry of a transaction-response.
    private static List<string> Places(ReadOnlySpan<byte> answer)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(answer));
        return [.. document.RootElement.GetProperty("entry").EnumerateArray().Select(entry =>
        {
            var location = entry.GetProperty("response").GetProperty("location").GetString()!;
            var parts = location.Split("/_history")[0].Split('/');
            return $"{parts[^2]}/{parts[^1]}";
        })];
    }
}
