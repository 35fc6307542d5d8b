using System.Diagnostics;
using Bench.Load;
using Bench.Running;
using Npgsql;

namespace Bench.Linkage;

/// <summary>
/// A million invented people, some two million source patients of ten systems, linked from nothing in PostgreSQL by the product's own
/// command <c>link-all</c>; then one new patient at a time. NHS numbers are of the range 999, which has 909,091 valid ones: nine people in a
/// hundred have none, as many whom a system has not traced.
/// </summary>
internal static class LinkageMillion
{
    private const int Seed = 4;

    public static async Task<int> Run(string[] arguments, CancellationToken cancellation)
    {
        var options = Options.Parse(arguments, "people", "singles", "errors", "pause");
        var (people, singles) = (options.Number("people", 1_000_000), options.Number("singles", 1_000));
        Console.WriteLine(Machine.Facts());
        await using var stack = await BenchStack.Start(withWorker: false, cancellation);
        var started = Stopwatch.GetTimestamp();
        var truth = InventedLoad.Load(stack.Owner, new(Seed, options.Number("errors", 1)), people);
        Console.WriteLine($"invented and stored, not measured: {people:#,0} people, {truth.Count:#,0} records, in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");

        var postgres = Machine.ProcessorSeconds(stack.PostgresId, true);
        started = Stopwatch.GetTimestamp();
        var megabytes = await stack.Command("Record.Worker", "record_worker", Say, "link-all");
        var taken = Stopwatch.GetElapsedTime(started);
        Console.WriteLine($"\nlinked from nothing in {taken.TotalMinutes:0.0} minutes; memory of the command at most {megabytes:#,0} MB; PostgreSQL {Machine.ProcessorSeconds(stack.PostgresId, true) - postgres:#,0} s of processor");
        Storage(stack.Owner);
        LinkageReport.Write("links and questions in the database against the truth", LinkedResult.Of(stack.Owner, truth));

        if (options.Has("pause")) // somebody wants to look at the database
        {
            Console.WriteLine($"Press Enter to go on. {stack.Owner}");
            Console.ReadLine();
        }

        var patients = SingleMatches.Patients(Seed, people, singles + 200);
        Write("Patient/$match over HTTP", await SingleMatches.Ask(stack, patients, cancellation));
        Write("linked by the identity consumer, committed", await SingleMatches.Link(stack, patients, cancellation));
        return 0;
    }

    private static void Say(string line)
    {
        if (line.Contains(" s  ", StringComparison.Ordinal) || line.Contains("persons", StringComparison.Ordinal)) Console.WriteLine(line);
    }

    private static void Write(string what, Histogram times) =>
        Console.WriteLine(FormattableString.Invariant($"one new patient, {what}: p50 {times.Milliseconds(0.5):0.0} ms, p95 {times.Milliseconds(0.95):0.0} ms, p99 {times.Milliseconds(0.99):0.0} ms, {times.Count:#,0} of them"));

    private static void Storage(string owner)
    {
        using var connection = new NpgsqlConnection(owner);
        connection.Open();
        foreach (var table in (string[])["match_subject", "match_block", "link", "person", "link_review", "person_change"])
        {
            using var command = new NpgsqlCommand($"select pg_size_pretty(pg_total_relation_size('record.{table}'))", connection);
            Console.WriteLine($"  {table}: {command.ExecuteScalar()}");
        }
    }
}
