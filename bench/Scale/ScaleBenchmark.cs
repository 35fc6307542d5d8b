using Bench.Fhir;
using Bench.Load;
using Bench.Running;

namespace Bench.Scale;

/// <summary>
/// Whether latency grows with the record: the same patient-centred searches while the record holds few patients and many, and of a
/// patient with few events and with many.
/// </summary>
internal sealed class ScaleBenchmark
{
    private const int Different = 2000;
    private const int PatientsAtOnce = 2000;

    private static readonly string[] Known = ["patients", "events", "connections", "seconds", "warm-up"];

    private readonly Options options;
    private readonly BenchStack stack;
    private readonly Generator generator;
    private readonly Meter meter;
    private readonly Loading loading;

    private ScaleBenchmark(Options options, BenchStack stack, Generator generator) =>
        (this.options, this.stack, this.generator, meter, loading) = (options, stack, generator, new(stack.Api.Id, stack.PostgresId), new(stack, generator));

    public static async Task<int> Run(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var options = Options.Parse(arguments, Known);
        await using var stack = await BenchStack.Start(false, cancellation);
        await using var clinician = await Caller.Clinician(stack);
        try
        {
            await new ScaleBenchmark(options, stack, new(stack.ApiAddress, clinician.Headers, cancellation)).Measure(cancellation);
            return 0;
        }
        catch (LoadFailure failure)
        {
            await Console.Error.WriteLineAsync($"{failure.Message}\n{stack.Api.Said}");
            return 1;
        }
    }

    private async Task Measure(CancellationToken cancellation)
    {
        await Facts.Print(stack.Owner, cancellation);
        Table.Head();
        var sizes = options.Numbers("patients", 10_000, 200_000);
        List<List<(string What, double Rate)>> found = [];
        foreach (var (from, to) in sizes.Prepend(0).Zip(sizes))
        {
            await Load(from, to, cancellation);
            found.Add([.. Searches(to).Select(search => Line($"{search.What}, {to:#,0} patients", search.What, search.Exchanges))]);
        }

        var events = options.Number("events", 100_000);
        await loading.Load($"a patient with 100 events and one with {events:#,0}", [Population.NdjsonOf(1_000_000, 100), Population.NdjsonOf(1_000_001, events)], events + 100, cancellation);
        foreach (var (patient, count) in (IEnumerable<(int, int)>)[(1_000_000, 100), (1_000_001, events)])
            found.Add([.. Events(patient).Select(search => Line($"{search.What}, {count:#,0} events", search.What, search.Exchanges))]);
        Ratios(found[0], found[^3], $"{sizes[0]:#,0} to {sizes[^1]:#,0} patients");
        Ratios(found[^2], found[^1], $"100 to {events:#,0} events of one patient");
    }

    private static void Ratios(List<(string What, double Rate)> few, List<(string What, double Rate)> many, string from)
    {
        Console.WriteLine($"\n| from {from} | slower by a factor of | target |\n|---|--:|--:|");
        foreach (var ((what, before), (_, after)) in few.Zip(many)) Table.Say($"| {what} | {before / after:0.00} | at most 1.30 |");
    }

    private (string What, double Rate) Line(string shown, string what, IReadOnlyList<Exchange> exchanges)
    {
        var connections = options.Number("connections", 16);
        generator.Run(exchanges, connections, options.Seconds("warm-up", 5));
        var metered = meter.Measure(() => generator.Run(exchanges, connections, options.Seconds("seconds", 10)));
        Table.Line(shown, connections, metered);
        return (what, metered.Run.PerSecond);
    }

    private static IEnumerable<(string What, IReadOnlyList<Exchange> Exchanges)> Searches(int patients)
    {
        var some = new Random(1).GetItems(Enumerable.Range(0, patients / 7 * 7).ToArray(), Different);
        IReadOnlyList<Exchange> Ask(Func<int, string> query, int hits) => [.. some.Select(patient => Exchange.Get($"/fhir/{query(patient)}") with { Entries = (hits, hits) })];
        yield return ("Patient by identifier", Ask(patient => $"Patient?identifier={Uri.EscapeDataString($"{Population.System}|{patient}")}", 1));
        yield return ("Patient by family name, 7 hits", Ask(patient => $"Patient?family={Population.Family(patient)}", 7));
        yield return ("Observation by patient and code, 8 hits", Ask(ByCode, 8));
        yield return ("Observation by patient, newest first", Ask(Newest, Population.Each - 4));
        yield return ("Patient/$everything", Ask(patient => $"Patient/{Population.Id(patient)}/$everything", Population.Each));
    }

    private static IEnumerable<(string What, IReadOnlyList<Exchange> Exchanges)> Events(int patient)
    {
        yield return ("Observation by patient and code, 8 hits", [Exchange.Get($"/fhir/{ByCode(patient)}") with { Entries = (8, 8) }]);
        yield return ("Observation by patient, newest 50", [Exchange.Get($"/fhir/{Newest(patient)}") with { Entries = (50, 50) }]);
    }

    private static string ByCode(int patient) => $"Observation?patient={Population.Id(patient)}&code={Uri.EscapeDataString($"http://loinc.org|{Population.Height}")}";

    private static string Newest(int patient) => $"Observation?patient={Population.Id(patient)}&_sort=-date&_count=50";

    private Task Load(int from, int to, CancellationToken cancellation)
    {
        var parts = Enumerable.Range(0, (to - from + PatientsAtOnce - 1) / PatientsAtOnce).Select(part => from + part * PatientsAtOnce);
        return loading.Load($"{to:#,0} patients", parts.Select(part => Population.Ndjson(part, Math.Min(part + PatientsAtOnce, to))), (to - from) * Population.Each, cancellation);
    }
}
