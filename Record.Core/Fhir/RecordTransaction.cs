using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace Record.Core.Fhir;

/// <summary>
/// Writes that happen together or not at all: bodies, history, search values, change log and audit, and whatever a feature
/// writes to its own tables through <see cref="Connection"/>. Buffered until <see cref="Flush"/> or <see cref="Commit"/>.
/// Disposing without a commit undoes everything.
/// </summary>
public sealed partial class RecordTransaction : IAsyncDisposable
{
    private readonly NpgsqlTransaction transaction;
    private readonly ResourceWriter writer;
    private readonly TimeProvider clock;
    private readonly List<ResourceWrite> pending = [];
    private bool noted;
    private readonly HashSet<string> made = [];
    private readonly Sight sight;

    internal RecordTransaction(NpgsqlTransaction transaction, ResourceWriter writer, Access access, string cause, TimeProvider clock)
    {
        this.transaction = transaction;
        this.writer = writer;
        this.clock = clock;
        sight = writer.Rules.SightOf(access, clock.GetUtcNow());
        Access = access;
        Cause = cause;
    }

    /// <summary>The numbers of parameters and systems in search rows.</summary>
    internal SearchNumberSql Numbers => writer.Numbers;

    /// <summary>Who writes.</summary>
    public Access Access { get; }

    /// <summary>What the change log will say wrote it.</summary>
    public string Cause { get; }

    /// <summary>The open connection, inside this transaction, for a feature's own tables.</summary>
    public NpgsqlConnection Connection => transaction.Connection!;

    /// <summary>Creates or replaces a resource. The same content again writes nothing.</summary>
    /// <param name="type">FHIR resource type.</param>
    /// <param name="id">Logical id.</param>
    /// <param name="json">UTF-8 JSON; its <c>id</c>, <c>meta.versionId</c> and <c>meta.lastUpdated</c> are replaced.</param>
    /// <param name="ifMatch">The version that must be current, if any; 0: it must not exist.</param>
    public void Put(string type, string id, ReadOnlyMemory<byte> json, int? ifMatch = null) =>
        Add(ResourceWrite.Update(type, id, json, ifMatch));

    /// <summary>Creates or replaces a resource. The same content again writes nothing.</summary>
    public void Put(string type, string id, JsonObject json, int? ifMatch = null) =>
        Put(type, id, JsonSerializer.SerializeToUtf8Bytes(json), ifMatch);

    /// <summary>Deletes a resource; its history stays.</summary>
    public void Delete(string type, string id, int? ifMatch = null) => Add(ResourceWrite.Delete(type, id, ifMatch));

    /// <summary>Adds a write that may have been prepared before.</summary>
    public void Add(ResourceWrite write)
    {
        write.By = sight;
        pending.Add(write);
    }

    /// <summary>
    /// The current version as this transaction sees it (writes not yet flushed are not seen); null if there is none, or none that the
    /// caller sees whole.
    /// </summary>
    public async Task<StoredResource?> Find(string type, string id, CancellationToken cancellation)
    {
        if (sight.All || !sight.Patients) return await ResourceWriteSql.Find(Connection, type, id, cancellation);
        var found = await VersionsSql.Current(Connection, sight, clock.GetUtcNow(), type, id, cancellation);
        return found is { IsCut: true } ? null : found;
    }

    /// <summary>Which of the buffered writes, counted from 0 in the order of the calls, was refused by itself; null if none was.</summary>
    public int? Refused { get; private set; }

    /// <summary>Carries out the buffered writes in this transaction, in order.</summary>
    /// <returns>What was made, in the order of the calls; or why nothing was: then dispose the transaction.</returns>
    public async Task<Result<IReadOnlyList<Written>>> Flush(CancellationToken cancellation)
    {
        var written = new List<Written>();
        foreach (var round in Rounds())
        {
            var decided = await writer.Decide(Connection, round, clock.GetUtcNow(), cancellation);
            for (var i = 0; i < round.Count; i++)
            {
                if (decided.Results[i].TryGet(out var made, out var error))
                {
                    written.Add(made);
                    continue;
                }

                Refused = pending.IndexOf(round[i]);
                return error;
            }

            try
            {
                if (!await Store(decided, cancellation)) return FhirErrors.WrittenMeanwhile;
            }
            catch (PostgresException problem) when (WriteGroup.Refusal(problem) is { } refused)
            {
                return refused;
            }
        }

        pending.Clear();
        return Result<IReadOnlyList<Written>>.Of(written);
    }

    private async Task<bool> Store(ResourceWriter.Decided decided, CancellationToken cancellation)
    {
        if (decided.Results.Length == 0 || decided.Ready.Count == 0 && Cause != "api") return true; // a feed that says the same again touches nothing
        var results = decided.Results.Select(r => r.TryGet(out var written, out _) ? written : null).OfType<Written>().ToList();
        var changed = results.Where(w => w.Changed).ToList();
        await using var batch = writer.Store(Connection, decided, Cause, inTransaction: true, made);
        batch.Audit(decided.At, Access, changed.Count > 0 ? changed : results);
        var stored = await batch.Run(cancellation);
        made.UnionWith(changed.Where(written => written is { Created: true, Resource.Type: "Patient" }).Select(written => written.Resource.Id));
        return stored;
    }

    /// <summary>Adds the audit row of what was read in this transaction: on its connection, because those who wait for its locks may hold all others.</summary>
    public async Task Note(Audit.AuditRow read, CancellationToken cancellation)
    {
        await Audit.AuditLog.WriteIn(this, read, clock.GetUtcNow(), cancellation);
        noted = true;
    }

    /// <summary>Carries out what is buffered and commits. Not cancelled half-way: the database decides.</summary>
    public async Task<Result<IReadOnlyList<Written>>> Commit(CancellationToken cancellation)
    {
        try
        {
            var result = await Flush(cancellation);
            if (!result.IsSuccess) return result;
            await transaction.CommitAsync(CancellationToken.None);
            if (result.TryGet(out var made, out _) && (made.Count > 0 || noted)) Access.Trail.Outcome = "success";
            return result;
        }
        catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.UniqueViolation
            or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
        {
            return FhirErrors.WrittenMeanwhile;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var connection = transaction.Connection;
        await transaction.DisposeAsync();
        if (connection is not null) await connection.DisposeAsync();
    }

    // One round writes each resource at most once, so that the sets below stay sets.
    private List<List<ResourceWrite>> Rounds()
    {
        var rounds = new List<List<ResourceWrite>>();
        var seen = new Dictionary<(string, string), int>();
        foreach (var write in pending)
        {
            var round = seen.GetValueOrDefault((write.Type, write.Id));
            if (round == rounds.Count) rounds.Add([]);
            rounds[round].Add(write);
            seen[(write.Type, write.Id)] = round + 1;
        }

        return rounds;
    }
}
