using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Writes of several callers in one transaction. One that is refused does not touch the others.</summary>
internal sealed class WriteGroup(NpgsqlDataSource database, ResourceWriter writer, TimeProvider clock)
{
    /// <summary>What the change log says wrote it.</summary>
    private const string Cause = "api";

    /// <summary>Carries out the writes; a result for each, in order. A second write of the same resource follows the first.</summary>
    public async Task<IReadOnlyList<Result<Written>>> Write(IReadOnlyList<(Access Access, ResourceWrite Write)> group)
    {
        var results = new Result<Written>[group.Count];
        var seen = new HashSet<(string, string)>();
        var first = Enumerable.Range(0, group.Count).Where(i => seen.Add((group[i].Write.Type, group[i].Write.Id))).ToList();
        await Together(group, first, results);
        foreach (var i in Enumerable.Range(0, group.Count).Except(first)) await Together(group, [i], results);
        return results;
    }

    private async Task Together(IReadOnlyList<(Access Access, ResourceWrite Write)> group, List<int> places, Result<Written>[] results)
    {
        var written = await TryWrite([.. places.Select(i => group[i])]);
        if (written is null && places.Count > 1)
        {
            foreach (var i in places) await Together(group, [i], results); // one of them met another writer: each for itself
            return;
        }

        for (var i = 0; i < places.Count; i++) results[places[i]] = written?[i] ?? FhirErrors.WrittenMeanwhile;
    }

    // Null: somebody outside this group wrote one of them at the same moment, and nothing was kept.
    private async Task<Result<Written>[]?> TryWrite(IReadOnlyList<(Access Access, ResourceWrite Write)> group)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync();
            if (group.All(item => item.Write.IsNew)) return await Store(connection, group, false); // nothing to lock: the batch is a transaction by itself
            await using var transaction = await connection.BeginTransactionAsync();
            var results = await Store(connection, group, true);
            if (results is not null) await transaction.CommitAsync();
            return results;
        }
        catch (PostgresException problem) when (Refusal(problem) is { } refused)
        {
            return group.Count == 1 ? [refused] : null;
        }
        catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.UniqueViolation
            or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
        {
            return null;
        }
    }

    /// <summary>Why the database refused the write, if one of our rules did: no way into the person's record, or a legal hold.</summary>
    public static RecordError? Refusal(PostgresException problem) => problem switch
    {
        { SqlState: PostgresErrorCodes.InsufficientPrivilege, Routine: "exec_stmt_raise" } => AccessErrors.NoRelationship,
        { SqlState: PostgresErrorCodes.ObjectInUse, Routine: "exec_stmt_raise" } => AccessErrors.Held,
        _ => null,
    };

    private async Task<Result<Written>[]?> Store(NpgsqlConnection connection, IReadOnlyList<(Access Access, ResourceWrite Write)> group, bool inTransaction)
    {
        var decided = await writer.Decide(connection, [.. group.Select(item => item.Write)], clock.GetUtcNow(), CancellationToken.None);
        if (decided.Ready.Count == 0) return decided.Results;
        var changed = new List<(Access Access, Written Written)>(group.Count);
        for (var i = 0; i < group.Count; i++)
            if (decided.Results[i].TryGet(out var made, out _) && made.Changed) changed.Add((group[i].Access, made));
        await using var batch = writer.Store(connection, decided, Cause, inTransaction);
        batch.Audit(decided.At, changed);
        if (!await batch.Run(CancellationToken.None)) return null;
        foreach (var (access, _) in changed) access.Trail.Outcome = "success"; // if the commit fails, no answer leaves
        return decided.Results;
    }
}
