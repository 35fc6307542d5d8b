using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Bulk;

/// <summary>Everybody as a run finds them: first those who are linked, then the others, both by number.</summary>
internal sealed class LinkSet
{
    private const int AtATime = 5_000;

    private List<FoundSubject> linked = [];

    /// <summary>How many are linked.</summary>
    public int Linked { get; private init; }

    /// <summary>What is compared.</summary>
    public required IReadOnlyList<MatchSubject> Subjects { get; init; }

    /// <summary>Their numbers in the database.</summary>
    public required IReadOnlyList<long> Numbers { get; init; }

    /// <summary>Reads everybody.</summary>
    public static async Task<LinkSet> Read(ResourceStore store, Access access, CancellationToken cancellation)
    {
        var (linked, others, pool, after) = (new List<FoundSubject>(), new List<FoundSubject>(), new SharedText(), 0L);
        while (true)
        {
            await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation); // reads only
            var found = await BulkSubjectStore.Found(transaction, after, AtATime, cancellation);
            if (found.Count == 0) break;
            after = found[^1].Number;
            foreach (var record in found) (record.Person is null ? others : linked).Add(record with { Subject = pool.Share(record.Subject) });
        }

        return new()
        {
            linked = linked, Linked = linked.Count,
            Subjects = [.. linked.Concat(others).Select(record => record.Subject)],
            Numbers = [.. linked.Concat(others).Select(record => record.Number)],
        };
    }

    /// <summary>Their links as they are now, and what stewards were asked and decided.</summary>
    public async Task<MemoryLinks> Links(ResourceStore store, Access access, Blocks blocks, LinkageRules rules, CancellationToken cancellation)
    {
        var links = new MemoryLinks(Subjects, blocks, rules, Linked);
        for (var record = 0; record < linked.Count; record++) links.Start(record, linked[record].Person!.Value, linked[record].Method!, linked[record].Score, linked[record].Held);
        linked = []; // the rest stays
        var after = ("", "");
        while (true)
        {
            await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation); // reads only
            var found = await BulkLinkStore.Questions(transaction, after.Item1, after.Item2, AtATime, cancellation);
            foreach (var question in found)
                if (links.Place(question.First) is var first and >= 0 && links.Place(question.Second) is var second and >= 0) links.Questions.Start(first, second, question.Weight, question.Reason, State(question.State));
            if (found.Count < AtATime) return links;
            after = (found[^1].First, found[^1].Second);
        }
    }

    private static QuestionState State(string state) => state switch
    {
        "open" => QuestionState.Open, "linked" => QuestionState.Linked, "kept-apart" => QuestionState.KeptApart, _ => QuestionState.Withdrawn,
    };
}
