using Npgsql;
using Record.Core.Audit;
using Record.Core.ChangeLog;
using Record.Core.Fhir;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Bulk;

/// <summary>What a run came to.</summary>
/// <param name="Records">Source patients.</param>
/// <param name="Persons">Persons that they are.</param>
/// <param name="Questions">What stewards are asked.</param>
public sealed record LinkedAll(long Records, long Persons, long Questions);

/// <summary>
/// Links everybody at once: the first load, or again after weights have changed. Decides as the consumer does, record by record, but on
/// everybody in memory; writes by the thousand in short transactions; a run that was stopped goes on where it was. While a run is open
/// nobody else links: the consumer's changes wait.
/// </summary>
public sealed class LinkAll(ResourceStore store, NpgsqlDataSource database, CurrentRules rules, TimeProvider clock)
{
    private const int PersonsAtATime = 1_000;
    private const int ChangesAtATime = 20_000;

    private readonly Access access = Access.OfService($"record-worker/{LinkPatients.Name}");

    /// <summary>Runs, or goes on with the run that is open.</summary>
    /// <param name="again">Whether records that are linked are linked again.</param>
    /// <param name="told">Is told of each stage.</param>
    /// <param name="cancellation">Stops between transactions; the run stays open and can be gone on with.</param>
    /// <returns>What it came to; Conflict if another process is at it.</returns>
    public async Task<Result<LinkedAll>> Run(bool again, Action<string> told, CancellationToken cancellation)
    {
        await using var alone = await LinkRunStore.Alone(access, database, cancellation);
        if (alone is null) return IdentityErrors.AllAreBeingLinked;
        try
        {
            return await Stages(again, told, cancellation);
        }
        finally
        {
            await LinkRunStore.NotAlone(alone, CancellationToken.None); // connections are pooled
        }
    }

    private async Task<Result<LinkedAll>> Stages(bool again, Action<string> told, CancellationToken cancellation)
    {
        await new ChangeCursor(LinkPatients.Name, ChangesBy.SourcePatient).EnsureExists(database, cancellation);
        var (run, current) = await Open(again, cancellation);
        if (run.Stage == "subjects")
        {
            told($"entered: {await new EnterSubjects(store, access, run).Go(cancellation):#,0} records");
            run = await Next(run, "blocks", cancellation);
        }

        if (run.Stage is "blocks" or "links")
        {
            await new LinkRecords(store, access, run, current).Go(told, cancellation);
            run = await Next(run, "persons", cancellation);
        }

        if (run.Stage == "persons") run = await Persons(run, told, cancellation);
        await HandOn(run, told, cancellation);
        return await Finish(run, told, cancellation);
    }

    /// <summary>Commits, or says that it could not be.</summary>
    internal static async Task Committed(RecordTransaction transaction, CancellationToken cancellation)
    {
        var committed = await transaction.Commit(cancellation);
        if (!committed.TryGet(out _, out var error)) throw new InvalidOperationException($"A part of a run that links everybody could not be written: {error.Code}");
    }

    private async Task<(LinkRun Run, LinkageRules Rules)> Open(bool again, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
        var current = await rules.In(transaction, cancellation);
        if (await LinkRunStore.Find(transaction, cancellation) is { } open) return (open, current);
        await LinkRunStore.Open(transaction, again, current.Weights.Version, At(), cancellation);
        var run = (await LinkRunStore.Find(transaction, cancellation))!;
        await AuditLog.WriteIn(transaction, new(access, 'E', "identity-link-all", "Patient", run.Id.ToString(), null, "started", []), At(), cancellation);
        await Committed(transaction, cancellation);
        return (run, current);
    }

    private async Task<LinkRun> Next(LinkRun run, string stage, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
        await LinkRunStore.At(transaction, run, stage, null, cancellation);
        await Committed(transaction, cancellation);
        return run with { Stage = stage, Place = null };
    }

    private async Task<LinkRun> Persons(LinkRun run, Action<string> told, CancellationToken cancellation)
    {
        List<Guid> persons;
        await using (var reading = await store.Begin(access, LinkPatients.Name, cancellation)) persons = await BulkLinkStore.Moved(reading, run.StartedAt, cancellation);
        var from = run.Place is { } place ? persons.IndexOf(Guid.Parse(place)) + 1 : 0;
        foreach (var some in persons.Skip(from).Chunk(PersonsAtATime))
        {
            await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
            await LinkPatients.PutPersons(transaction, some, cancellation);
            await LinkRunStore.At(transaction, run, "persons", some[^1].ToString(), cancellation);
            await Committed(transaction, cancellation);
        }

        told($"persons written: {persons.Count:#,0}");
        return await Next(run, "stream", cancellation);
    }

    private async Task HandOn(LinkRun run, Action<string> told, CancellationToken cancellation)
    {
        var after = long.Parse(run.Place ?? "0", null);
        long last;
        await using (var reading = await store.Begin(access, LinkPatients.Name, cancellation)) last = await BulkLinkStore.LastChange(reading, cancellation);
        for (; after < last; after += ChangesAtATime)
        {
            var upTo = Math.Min(after + ChangesAtATime, last);
            await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
            // Something is said about them, but not who they are: each is a person of their own.
            var unknown = (await BulkLinkStore.Unknown(transaction, after, upTo, cancellation)).ConvertAll(patient => new NewLink(patient, Guid.CreateVersion7(), "own", null));
            if (unknown.Count > 0) await BulkLinkStore.Write(transaction, unknown, run.StartedAt, true, cancellation);
            await BulkLinkStore.HandOn(transaction, after, upTo, run.Horizon, cancellation);
            await LinkPatients.PutPersons(transaction, [.. unknown.Select(link => link.Person)], cancellation);
            await LinkRunStore.At(transaction, run, "stream", upTo.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellation);
            await Committed(transaction, cancellation);
        }

        told("handed on to tasks and clocks");
    }

    private async Task<LinkedAll> Finish(LinkRun run, Action<string> told, CancellationToken cancellation)
    {
        LinkedAll all;
        await using (var transaction = await store.Begin(access, LinkPatients.Name, cancellation))
        {
            all = await LinkRunStore.Finish(transaction, run, At(), cancellation);
            await AuditLog.WriteIn(transaction, new(access, 'E', "identity-link-all", "Patient", run.Id.ToString(), null, "success", []), At(), cancellation);
            await Committed(transaction, cancellation);
        }

        await LinkRunStore.Settle(access, database, cancellation);
        told("tables in order");
        return all;
    }

    // As the database keeps it: a run's links are found by it.
    private DateTimeOffset At()
    {
        var now = clock.GetUtcNow();
        return new(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
    }
}
