using System.Net;
using Bench.Load;
using Bench.Running;

namespace Bench.Fhir;

/// <summary>
/// The FHIR record as a clinician's program sees it: sign-in, access and durable audit on. Fills an empty record with Synthea's
/// transactions (which is a row itself), then measures each row, and the raw baseline, at each number of connections.
/// </summary>
internal sealed class FhirBenchmark
{
    private static readonly string[] Known = ["only", "connections", "seconds", "warm-up", "bundles", "worker"];

    private readonly Options options;
    private readonly IReadOnlyList<SyntheaBundle> bundles;
    private readonly LoadedRecord record = new();
    private readonly Dictionary<(Baseline, int), double> raw = [];
    private readonly List<string> failures = [];

    private FhirBenchmark(Options options) => (this.options, bundles) = (options, Synthea.Read(options.Number("bundles", 250)));

    private IReadOnlyList<int> Connections => options.Numbers("connections", 16, 64);

    public static async Task<int> Run(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var benchmark = new FhirBenchmark(Options.Parse(arguments, Known));
        await using var stack = await BenchStack.Start(benchmark.options.Has("worker"), cancellation);
        await using var clinician = await Caller.Clinician(stack);
        try
        {
            await benchmark.Measure(stack, clinician, cancellation);
        }
        catch (LoadFailure failure)
        {
            benchmark.failures.Add(failure.Message);
        }

        foreach (var failure in benchmark.failures) await Console.Error.WriteLineAsync(failure);
        if (benchmark.failures.Count > 0) await Console.Error.WriteLineAsync(stack.Api.Said);
        return benchmark.failures.Count > 0 ? 1 : 0;
    }

    private async Task Measure(BenchStack stack, Caller clinician, CancellationToken cancellation)
    {
        var api = new Generator(stack.ApiAddress, clinician.Headers, cancellation);
        var meter = new Meter(stack.Api.Id, stack.PostgresId);
        await Facts.Print(stack.Owner, cancellation);
        Table.Head();
        var load = Load(api, meter);
        await Storage.Print(stack.Owner, cancellation);
        await using var rawHost = await Raw(stack, cancellation);
        Table.Line("(filling the record) Synthea transaction bundles", 16, load, record.Resources / (double)bundles.Count, 6_000, raw.GetValueOrDefault((Baseline.Insert, 16)));

        var rows = new Rows(record);
        foreach (var row in rows.All(bundles).Where(row => options.Wants(row.Key)))
            foreach (var connections in Connections)
                await OrFailed(row.What, () => Measure(row, api, meter, connections));
        if (options.Wants("import")) await OrFailed("bulk import", () => ImportRow.Measure(stack, meter, bundles, raw.GetValueOrDefault((Baseline.Insert, 16)), cancellation));
        Table.Say($"| memory of Record.Api after all | | {Machine.Resident(stack.Api.Id).Now:0} MB | at most 500 MB | | | | | | |");
    }

    private Metered Load(Generator api, Meter meter)
    {
        var transactions = Rows.Transactions(bundles).Exchanges;
        var answers = new byte[bundles.Count][];
        void Keep(Exchange exchange, Answer answer) => answers[exchange.Number] = answer.Body().ToArray();
        var references = bundles.Count(bundle => !bundle.IsPatient);
        api.RunOnce([.. transactions.Take(references)], 1, Keep);
        var metered = meter.Measure(() => api.RunOnce([.. transactions.Skip(references)], 16, Keep));
        for (var i = 0; i < bundles.Count; i++) record.Add(bundles[i], answers[i]);
        return metered;
    }

    // The baselines, and what the generator can do at all.
    private async Task<Service> Raw(BenchStack stack, CancellationToken cancellation)
    {
        var connection = await stack.CreateDatabase("raw", cancellation);
        await RawHost.Fill(connection, record.Observations.Select(found => (found.Id, System.Text.Encoding.UTF8.GetBytes(found.Json))));
        var address = new IPEndPoint(IPAddress.Loopback, Free.Port());
        var host = await RawHost.Start(connection, address);
        var generator = new Generator(address, () => RawHost.Headers, cancellation);
        var meter = new Meter(host.Id, stack.PostgresId);
        var some = new Random(2).GetItems(record.Observations.ToArray(), 2000);
        foreach (var connections in Connections)
        {
            Table.Line("an ASP.NET endpoint that does nothing", connections, Timed(generator, meter, [RawHost.Nothing()], connections));
            Baselines(Baseline.Read, "raw baseline: reads one row", [.. some.Select(found => RawHost.Read(found.Id))], connections);
            Baselines(Baseline.Insert, "raw baseline: inserts one row", [.. some.Select(found => RawHost.Insert(System.Text.Encoding.UTF8.GetBytes(found.Json)))], connections);
        }

        return host;

        void Baselines(Baseline which, string what, IReadOnlyList<Exchange> exchanges, int connections)
        {
            var measured = Timed(generator, meter, exchanges, connections);
            raw[(which, connections)] = measured.Run.PerSecond;
            Table.Line(what, connections, measured);
        }
    }

    // A row that fails does not hide the others; the run fails at its end.
    private async Task OrFailed(string what, Func<Task> measure)
    {
        try
        {
            await measure();
        }
        catch (LoadFailure failure)
        {
            Table.Failed(what);
            failures.Add($"{what}: {failure.Message}");
        }
    }

    private Task Measure(Row row, Generator api, Meter meter, int connections)
    {
        var metered = row.Once ? meter.Measure(() => api.RunOnce(row.Exchanges, connections, null)) : Timed(api, meter, row.Exchanges, connections);
        double? baseline = raw.TryGetValue((row.Baseline, connections), out var found) ? found : null;
        Table.Line(row.Unit == "requests" ? row.What : $"{row.What} ({row.Unit})", connections, metered, row.PerRequest, row.Target, baseline);
        return Task.CompletedTask;
    }

    private Metered Timed(Generator generator, Meter meter, IReadOnlyList<Exchange> exchanges, int connections)
    {
        generator.Run(exchanges, connections, options.Seconds("warm-up", 3));
        return meter.Measure(() => generator.Run(exchanges, connections, options.Seconds("seconds", 10)));
    }
}
