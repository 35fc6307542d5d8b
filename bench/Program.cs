using Bench;
using Bench.Audit;
using Bench.Fhir;
using Bench.Linkage;
using Bench.Running;
using Bench.Scale;

var names = """
    start        clone to ready cold, later starts, time until the simulated people are in, idle memory (--warm: what is built already)
    fhir         the FHIR record: create, read, update, searches, $everything, transactions, batches, bulk import, storage, memory
                 (--only read,update,… --connections 16,64 --seconds 10 --warm-up 3 --bundles 250 --worker)
    linkage      precision and recall of linkage on labelled sets (a folder, zip or CSV; default SUITES_DIR/linkage; --weights;
                 --invented 20000,2: so many invented people with twice the usual errors)
    linkage-million  a million invented people of ten systems linked from nothing in PostgreSQL by link-all; one new patient's time
                 (--people 1000000 --singles 1000 --errors 1 --pause: to look at the database)
    feeds        HL7 v2: acknowledgements a second and their time, the Simulated Hospital mix from socket to search, raw inserts beside
                 (--connections 20 --seconds 10 --rate 500 --rounds 2)
    fhir-scale   whether latency grows with the record: patient-centred searches at 10,000 and at 200,000 patients, and of a patient
                 with 100,000 events (--patients 10000,200000 --events 100000 --connections 16 --seconds 10 --warm-up 5)
    audit-cost   what access and audit cost: read and search with both against a host without either, in turns
                 (--connections 16,64 --seconds 10 --warm-up 3 --bundles 250 --rounds 3)
    """;
if (args is ["--list"])
{
    Console.WriteLine(names);
    return 0;
}

using var end = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true; // what was started is stopped in order
    end.Cancel();
};
try
{
    switch (args)
    {
        case ["start", ..]: return await StartBenchmark.Run(args.Contains("--warm"));
        case ["fhir", .. var options]: return await FhirBenchmark.Run(options, end.Token);
        case ["linkage", .. var options]: return LinkageBenchmark.Run(options);
        case ["linkage-million", .. var options]: return await LinkageMillion.Run(options, end.Token);
        case ["feeds", .. var options]: return await FeedsBenchmark.Run(options, end.Token);
        case ["fhir-scale", .. var options]: return await ScaleBenchmark.Run(options, end.Token);
        case ["audit-cost", .. var options]: return await AuditCostBenchmark.Run(options, end.Token);
        case ["plain-host"]: // what audit-cost starts beside the product
            PlainHost.Run();
            return 0;
        case ["raw-host", var port]: // what fhir starts beside itself
            RawHost.Run(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
            return 0;
    }
}
catch (Exception wrong) when (wrong is ArgumentException or FileNotFoundException)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}
catch (OperationCanceledException) when (end.IsCancellationRequested)
{
    return 130;
}

await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project bench -- NAME   (--list lists the names)");
return 2;
