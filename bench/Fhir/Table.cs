using System.Globalization;
using Bench.Load;
using Bench.Running;

namespace Bench.Fhir;

/// <summary>The table, a line as soon as it is measured.</summary>
internal static class Table
{
    public static void Head()
    {
        Console.WriteLine("| operation | connections | a second | target | p50 ms | p95 ms | p99 ms | of raw | processor µs each: generator, server, PostgreSQL | server MB |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    }

    /// <param name="what">The row's first column.</param>
    /// <param name="connections">How many asked.</param>
    /// <param name="metered">What was measured.</param>
    /// <param name="perRequest">How many of what is counted a request brings.</param>
    /// <param name="target">What is to be reached at 16 connections.</param>
    /// <param name="raw">The baseline, in requests a second.</param>
    public static void Line(string what, int connections, Metered metered, double perRequest = 1, int? target = null, double? raw = null)
    {
        var rate = metered.Run.PerSecond * perRequest;
        Histogram times = metered.Run.Times;
        double Each(double cores) => cores / rate * 1_000_000;
        Say($"| {what} | {connections} | {rate:#,0} | {(connections == 16 ? target : null):#,0} | {times.Milliseconds(0.5):0.00} | {times.Milliseconds(0.95):0.00} | {times.Milliseconds(0.99):0.00} | {rate / raw:0.00} | {Each(metered.Generator):0}, {Each(metered.Server):0}, {Each(metered.Postgres):0} | {metered.Megabytes:0} |");
    }

    public static void Failed(string what) => Say($"| {what} | | failed | | | | | | | |");

    public static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
