using Record.Core.Identity.Evaluation;

namespace Bench.Linkage;

/// <summary>Results of linkage as tables, every share with its 95 % Wilson interval.</summary>
internal static class LinkageReport
{
    public static void Head()
    {
        Console.WriteLine("| set | records | automatic precision | automatic recall | recall with review | true pairs in review | questions | s |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
    }

    public static void Line(string name, int records, LinkageResult result, TimeSpan taken) => Console.WriteLine(FormattableString.Invariant(
        $"| {name} | {records:#,0} | {result.Precision} | {result.Recall} | {result.RecallWithReview} | {result.InReview} | {result.Questions.Of:#,0}, {result.Questions.Count:#,0} of them one person | {taken.TotalSeconds:0.0} |"));

    public static void Write(string name, LinkageResult result)
    {
        Console.WriteLine(FormattableString.Invariant($"\n{name}: automatic precision {result.Precision}, automatic recall {result.Recall}, recall with review {result.RecallWithReview}, true pairs in review {result.InReview}, {result.Questions.Of:#,0} questions"));
        Groups(result);
    }

    public static void Groups(LinkageResult result)
    {
        Console.WriteLine("\n| match status | pairs | one person |\n|---|---|---|");
        foreach (var (status, share) in result.ByStatus) Console.WriteLine($"| {status} | {share.Of:#,0} | {share} |");
        Console.WriteLine("\n| group | precision | recall |\n|---|---|---|");
        foreach (var (group, precision, recall) in result.ByGroup) Console.WriteLine($"| {group} | {precision} | {recall} |");
        Console.WriteLine();
    }
}
