using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Bulk;

/// <summary>
/// The middle stages of a run, on everybody in memory: blocks are entered, then records are linked some thousand at a time, as if they
/// arrived one by one; what is in memory after each of these is in the database too.
/// </summary>
internal sealed class LinkRecords(ResourceStore store, Access access, LinkRun run, LinkageRules rules)
{
    private const int BlocksAtATime = 200_000;
    private const int AtATime = 4_000;

    /// <summary>Enters blocks, then links.</summary>
    public async Task Go(Action<string> told, CancellationToken cancellation)
    {
        var set = await LinkSet.Read(store, access, cancellation);
        told($"in memory: {set.Subjects.Count:#,0} records, {set.Linked:#,0} of them linked");
        var keys = new SortedKeys(set.Subjects);
        if (run.Stage == "blocks") await EnterBlocks(set, keys, int.Parse(run.Place ?? "0", null), cancellation);
        told($"blocks: {keys.Count:#,0} keys");
        var blocks = new Blocks(keys, rules.Options);
        var links = await set.Links(store, access, blocks, rules, cancellation);
        await Link(set, links, cancellation);
        told($"linked: {links.Compared:#,0} pairs compared");
    }

    private async Task EnterBlocks(LinkSet set, SortedKeys keys, int from, CancellationToken cancellation)
    {
        for (; from < keys.Count; from += BlocksAtATime)
        {
            var to = (int)Math.Min((long)from + BlocksAtATime, keys.Count);
            await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
            await BulkSubjectStore.EnterBlocks(transaction, keys, set, from, to, cancellation);
            await LinkRunStore.At(transaction, run, "blocks", to.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellation);
            await LinkAll.Committed(transaction, cancellation);
        }

        await using var last = await store.Begin(access, LinkPatients.Name, cancellation);
        await LinkRunStore.At(last, run, "links", null, cancellation);
        await LinkAll.Committed(last, cancellation);
    }

    private async Task Link(LinkSet set, MemoryLinks links, CancellationToken cancellation)
    {
        var relinking = new Relinking(links, rules);
        var done = run is { Again: true, Stage: "links", Place: { } place } ? long.Parse(place, null) : 0;
        var todo = Enumerable.Range(run.Again ? 0 : set.Linked, set.Subjects.Count - (run.Again ? 0 : set.Linked)).SkipWhile(record => set.Numbers[record] <= done).FirstOrDefault(set.Subjects.Count);
        var writing = Task.CompletedTask;
        for (; todo < set.Subjects.Count; todo += AtATime)
        {
            var to = Math.Min(todo + AtATime, set.Subjects.Count);
            links.Compare(todo, to);
            for (var record = todo; record < to; record++)
                if (!links.IsHeld(record)) await relinking.Take(set.Subjects[record], Nothing, await links.Of(set.Subjects[record].Id, cancellation), cancellation);
            var written = Written.Of(set, links, todo, to, run.Again);
            await writing;
            writing = Write(written, cancellation); // while the next are compared
        }

        await writing;
    }

    private static readonly About Nothing = new(null, null);

    private async Task Write(Written written, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
        await BulkLinkStore.Write(transaction, written.Links, run.StartedAt, written.Anew, cancellation);
        await BulkLinkStore.Write(transaction, written.Questions, rules.Weights.Version, run.StartedAt, cancellation);
        await BulkSubjectStore.NoteCrowded(transaction, written.Crowded, cancellation);
        foreach (var together in written.Parted) await UnlinkedTasks.Restore(transaction, together, cancellation);
        await LinkRunStore.At(transaction, run, "links", written.Last.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellation);
        await LinkAll.Committed(transaction, cancellation);
    }

    private sealed record Written(IReadOnlyList<NewLink> Links, IReadOnlyList<NewQuestion> Questions, IReadOnlyList<CrowdedRecord> Crowded, IReadOnlyList<string[]> Parted, bool Anew, long Last)
    {
        public static Written Of(LinkSet set, MemoryLinks links, int from, int to, bool again)
        {
            string Id(int record) => set.Subjects[record].Id;
            var changed = links.TakeChanged();
            var crowded = Enumerable.Range(from, to - from).Select(record => new CrowdedRecord(Id(record), links.Crowded(record))).Where(record => again || record.Blocks > 0).ToList();
            return new(
                [.. changed.Order().Select(record => new NewLink(Id(record), links.Persons.Of(record)!.Value, links.Persons.Method(record), links.Persons.Score(record)))],
                [.. links.Questions.TakeChanged().Select(question => Question(Id(question.First), Id(question.Second), question))],
                crowded, links.TakeParted(), !again && changed.All(record => record >= from), set.Numbers[to - 1]);
        }

        private static NewQuestion Question(string a, string b, Question question) =>
            string.CompareOrdinal(a, b) < 0 ? new(a, b, question.Weight, question.Reason, question.State == QuestionState.Open) : new(b, a, question.Weight, question.Reason, question.State == QuestionState.Open);
    }
}
