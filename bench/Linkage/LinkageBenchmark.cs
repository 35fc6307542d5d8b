using System.Diagnostics;
using System.Globalization;
using Record.Core.Identity.Evaluation;
using Record.Core.Identity.Matching;

namespace Bench.Linkage;

/// <summary>
/// Links sets of which it is known who is who (CSV, or zips of CSV), each from nothing, with weights estimated from the set itself;
/// prints precision and recall on pairs after closure into persons, by match status and by group, with 95 % Wilson intervals.
/// </summary>
internal static class LinkageBenchmark
{
    public static int Run(string[] options)
    {
        var sets = Sets(options);
        if (sets.Count == 0) throw new ArgumentException("No CSV file there has a column that says who is who (cluster, person_id, rec_id ...).");
        LinkageReport.Head();
        var results = new List<(LinkageSet, LinkageRun, LinkageResult)>();
        foreach (var set in sets)
        {
            var clock = Stopwatch.StartNew();
            var run = LinkageRun.Of(set.Subjects, new LinkageOptions());
            var result = LinkageResult.Of(set, run);
            results.Add((set, run, result));
            LinkageReport.Line(set.Name, set.Subjects.Count, result, clock.Elapsed);
        }

        foreach (var (set, run, result) in results) Detail(set, run, result, options.Contains("--weights"));
        return 0;
    }

    private static void Detail(LinkageSet set, LinkageRun run, LinkageResult result, bool weights)
    {
        Console.WriteLine($"\n## {set.Name}\n\n{run.Compared:#,0} pairs compared; blocks too large in the end: {run.LeftOut.Sum():#,0}");
        LinkageReport.Groups(result);
        if (weights) Weights(run.Rules.Weights);
    }

    private static void Weights(MatchWeights weights)
    {
        Console.WriteLine("\n| field | level | m | u | weight |\n|---|---|---|---|---|");
        foreach (var field in Enum.GetValues<MatchField>())
            foreach (var level in Enum.GetValues<MatchLevel>().Where(level => weights.M(field, level) > 0))
                Console.WriteLine(FormattableString.Invariant($"| {field} | {level} | {weights.M(field, level):0.00000} | {weights.U(field, level):0.000000} | {Math.Log2(weights.M(field, level) / weights.U(field, level)):0.0} |"));
    }

    // --invented 20000,2: so many invented people, with twice the usual errors.
    private static List<LinkageSet> Sets(string[] options)
    {
        if (Array.IndexOf(options, "--invented") is var at and >= 0 && at + 1 < options.Length)
        {
            var numbers = options[at + 1].Split(',');
            var errors = numbers.Length > 1 ? double.Parse(numbers[1], CultureInfo.InvariantCulture) : 1;
            return [new InventedRecords(4, errors).Set($"invented, errors x {errors}", int.Parse(numbers[0], CultureInfo.InvariantCulture))];
        }

        var path = options.FirstOrDefault(option => !option.StartsWith('-')) ?? Suites();
        return Directory.Exists(path) || File.Exists(path) ? [.. LinkageSet.ReadAll(path)] : throw new FileNotFoundException($"There is nothing at {path}: give a folder, a zip or a CSV file.");
    }

    private static string Suites() => Path.Combine(Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine("..", "shared", "data"), "linkage");
}
