using Bench.Fhir;
using Bench.Load;
using Bench.Running;

namespace Bench.Audit;

/// <summary>
/// What access and audit cost: the same reads and searches of the same record by the product, and by a host of the same parts without
/// both. The two take turns, so that what the machine does meanwhile falls on both. The worker runs and seals what audit writes.
/// </summary>
internal sealed class AuditCostBenchmark(Options options, LoadedRecord record)
{
    private const double Target = 0.6;

    private static readonly string[] Known = ["connections", "seconds", "warm-up", "bundles", "rounds"];
    private static readonly string[] Asked = ["read", "identifier", "family", "code", "newest"];

    public static async Task<int> Run(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var options = Options.Parse(arguments, Known);
        var bundles = Synthea.Read(options.Number("bundles", 250));
        await using var stack = await BenchStack.Start(true, cancellation);
        await using var clinician = await Caller.Clinician(stack);
        var benchmark = new AuditCostBenchmark(options, new());
        try
        {
            await Facts.Print(stack.Owner, cancellation);
            var api = new Generator(stack.ApiAddress, clinician.Headers, cancellation);
            benchmark.Load(api, bundles);
            await Idle(stack.WorkerId!.Value, cancellation);
            var (service, address) = await stack.StartBeside("plain-host");
            benchmark.Measure((api, new(stack.Api.Id, stack.PostgresId)), (new(address, clinician.Headers, cancellation), new(service.Id, stack.PostgresId)), bundles);
            return 0;
        }
        catch (LoadFailure failure)
        {
            await Console.Error.WriteLineAsync($"{failure.Message}\n{stack.Api.Said}");
            return 1;
        }
    }

    private void Load(Generator api, IReadOnlyList<SyntheaBundle> bundles)
    {
        var transactions = Rows.Transactions(bundles).Exchanges;
        var answers = new byte[bundles.Count][];
        void Keep(Exchange exchange, Answer answer) => answers[exchange.Number] = answer.Body().ToArray();
        var references = bundles.Count(bundle => !bundle.IsPatient);
        api.RunOnce([.. transactions.Take(references)], 1, Keep);
        api.RunOnce([.. transactions.Skip(references)], 16, Keep);
        for (var i = 0; i < bundles.Count; i++) record.Add(bundles[i], answers[i]);
    }

    // What the worker makes of the load is none of what is measured.
    private static async Task Idle(int worker, CancellationToken cancellation)
    {
        for (var quiet = 0; quiet < 3;)
        {
            var before = Machine.ProcessorSeconds(worker, false);
            await Task.Delay(1000, cancellation);
            quiet = Machine.ProcessorSeconds(worker, false) - before < 0.1 ? quiet + 1 : 0;
        }
    }

    private void Measure((Generator Generator, Meter Meter) with, (Generator Generator, Meter Meter) without, IReadOnlyList<SyntheaBundle> bundles)
    {
        var ratios = new List<(string What, int Connections, double Ratio)>();
        Table.Head();
        foreach (var row in new Rows(record).All(bundles).Where(row => Asked.Contains(row.Key)))
            foreach (var connections in options.Numbers("connections", 16, 64))
            {
                var (on, off) = (new List<double>(), new List<double>());
                for (var round = 0; round < options.Number("rounds", 3); round++)
                {
                    on.Add(Timed($"{row.What}, access and audit", row, with, connections));
                    off.Add(Timed($"{row.What}, neither", row, without, connections));
                }

                ratios.Add((row.What, connections, on.Average() / off.Average()));
            }

        Console.WriteLine($"\n| | connections | with access and audit, of without | target |\n|---|--:|--:|--:|");
        foreach (var (what, connections, ratio) in ratios) Table.Say($"| {what} | {connections} | {ratio:0.00} | at least {Target:0.00} |");
    }

    private double Timed(string what, Row row, (Generator Generator, Meter Meter) server, int connections)
    {
        server.Generator.Run(row.Exchanges, connections, options.Seconds("warm-up", 3));
        var metered = server.Meter.Measure(() => server.Generator.Run(row.Exchanges, connections, options.Seconds("seconds", 10)));
        Table.Line(what, connections, metered);
        return metered.Run.PerSecond;
    }
}
