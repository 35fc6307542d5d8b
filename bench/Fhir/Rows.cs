using System.Text;
using Bench.Load;

namespace Bench.Fhir;

/// <summary>The rows of the table, made of what stands in the record. Each asks many different resources, in a fixed random order.</summary>
internal sealed class Rows(LoadedRecord record)
{
    private const int Different = 2000;

    private readonly Random random = new(1);

    /// <summary>All rows: what only reads before what writes, so that searches find what was loaded.</summary>
    public IEnumerable<Row> All(IReadOnlyList<SyntheaBundle> bundles) =>
        [Read(), ByIdentifier(), ByFamily(), ByCode(), Newest(), Everything(), Update(), Create(), Batch(), Transactions(bundles)];

    private Row Read() => new("read", "read by id", [.. Some(record.Observations).Select(found => Exchange.Get($"/fhir/Observation/{found.Id}"))], Baseline.Read, 12_000);

    private Row ByIdentifier() => new("identifier", "Patient by identifier",
        [.. Some(record.Patients).Select(patient => Search($"Patient?identifier={Uri.EscapeDataString($"{patient.System}|{patient.Value}")}", 1))], Baseline.Read, 8_000);

    private Row ByFamily()
    {
        var names = record.Patients.SelectMany(patient => patient.Families.SelectMany(Prefixes).Distinct().Select(prefix => (prefix, patient.Id)))
            .GroupBy(pair => pair.prefix, pair => pair.Id).Select(group => (Prefix: group.Key, Hits: group.Distinct().Count())).ToList();
        var hits = names.Where(name => name.Hits <= 7).Max(name => name.Hits);
        return new("family", $"Patient by family name, {hits} hits",
            [.. Some(names.Where(name => name.Hits == hits).ToList()).Select(name => Search($"Patient?family={name.Prefix}", hits))], Baseline.Read, 4_000);
    }

    private Row ByCode()
    {
        var series = record.Observations.GroupBy(found => (found.Patient, found.System, found.Code)).ToList();
        var hits = series.Where(group => group.Count() <= 8).Max(group => group.Count());
        return new("code", $"Observation by patient and code, {hits} hits",
            [.. Some(series.Where(group => group.Count() == hits).ToList()).Select(group => Search($"Observation?patient={group.Key.Patient}&code={Uri.EscapeDataString($"{group.Key.System}|{group.Key.Code}")}", hits))],
            Baseline.Read, 6_000);
    }

    private Row Newest() => new("newest", "Observation by patient, newest 50",
        [.. Some(record.Observations.GroupBy(found => found.Patient).Where(group => group.Count() >= 50).ToList()).Select(group => Search($"Observation?patient={group.Key}&_sort=-date&_count=50", 50))],
        Baseline.Read, 3_000);

    private Row Everything()
    {
        var near = record.Patients.OrderBy(patient => Math.Abs(patient.Compartment - 197)).Take(10).ToList();
        return new("everything", $"Patient/$everything, {near.Average(patient => patient.Compartment):0} resources about the patient",
            [.. Some(near).Select(patient => Exchange.Get($"/fhir/Patient/{patient.Id}/$everything") with { Entries = (patient.Compartment, patient.Resources) })], Baseline.Read, 700);
    }

    private Row Create() => new("create", "create Observation", [.. Some(record.Observations).Select(found => Exchange.Send("POST", "/fhir/Observation", Bytes(found.Json), 201))], Baseline.Insert, 3_000);

    // Twice round with different contents, so that no update is one to what is there already.
    private Row Update()
    {
        var some = Some(record.Observations).ToList();
        Exchange Put(LoadedObservation found, string status) => Exchange.Send("PUT", $"/fhir/Observation/{found.Id}", Bytes(found.Json.Replace("\"status\":\"final\"", $"\"status\":\"{status}\"", StringComparison.Ordinal)), 200);
        return new("update", "update Observation", [.. some.Select(found => Put(found, "amended")), .. some.Select(found => Put(found, "corrected"))], Baseline.Insert, 2_000);
    }

    private Row Batch() => new("batch", "batch of 100 Observations",
        [.. Some(record.Observations).Chunk(100).Where(chunk => chunk.Length == 100).Select(chunk => Exchange.Send("POST", "/fhir", Bundle("batch", chunk.Select(found => found.Json)), 200))], Baseline.Insert, 10_000)
    {
        Unit = "resources",
        PerRequest = 100,
    };

    public static Row Transactions(IReadOnlyList<SyntheaBundle> bundles) => new("transaction", "Synthea transaction bundles",
        [.. bundles.Select((bundle, number) => Exchange.Send("POST", "/fhir", bundle.Json, 200) with { Number = number })], Baseline.Insert, 6_000)
    {
        Unit = "resources",
        PerRequest = bundles.Average(bundle => bundle.Entries().Count),
        Once = true,
    };

    private static Exchange Search(string query, int hits) => Exchange.Get($"/fhir/{query}") with { Entries = (hits, hits) };

    private static byte[] Bundle(string type, IEnumerable<string> observations)
    {
        var entries = observations.Select(json => $$$"""{"resource":{{{json}}},"request":{"method":"POST","url":"Observation"}}""");
        return Bytes($$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{string.Join(',', entries)}}]}""");
    }

    private static IEnumerable<string> Prefixes(string family) =>
        Enumerable.Range(2, Math.Max(0, family.Length - 1)).Select(length => family[..length].ToLowerInvariant()).Where(prefix => prefix.All(char.IsAsciiLetter));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private IEnumerable<T> Some<T>(IReadOnlyList<T> all) => all.Count == 0
        ? throw new InvalidOperationException("Too few patients were loaded for this row: give more with --bundles.")
        : random.GetItems([.. all], Different).Distinct();
}
