using Npgsql;
using Record.Core.Audit;
using Record.Core.Database;

namespace Record.Core.Fhir;

/// <summary>Reads and writes resources. Every method takes an <see cref="Access"/>; every answer has its audit row first.</summary>
public sealed partial class ResourceStore : IAsyncDisposable
{
    private readonly NpgsqlDataSource database;
    private readonly AuditLog audit;
    private readonly TimeProvider clock;
    private readonly ResourceWriter writer;
    private readonly Grouped<(Access Access, string Type, string Id), StoredResource?> reads;
    private readonly Grouped<(Access Access, ResourceWrite Write), Result<Written>> writes;

    /// <summary>The store of one database.</summary>
    public ResourceStore(NpgsqlDataSource database, AuditLog audit, TimeProvider clock, AccessRules? rules = null)
        : this(database, audit, clock, rules ?? AccessRules.Default, new ReadSql(database, clock, rules ?? AccessRules.Default).Run)
    {
    }

    /// <summary>A store that reads by other means: what a benchmark compares with. No host of the product makes one.</summary>
    internal ResourceStore(
        NpgsqlDataSource database, AuditLog audit, TimeProvider clock, AccessRules rules, Func<IReadOnlyList<(Access Access, string Type, string Id)>, Task<IReadOnlyList<StoredResource?>>> read)
    {
        (this.database, this.audit, this.clock) = (database, audit, clock);
        Rules = rules;
        Numbers = new(database);
        writer = new(Numbers, new(database), Rules);
        reads = new(read, most: 64, atOnce: 1); // each group waits for the disk once: one large group is faster than two
        writes = new(group => new WriteGroup(database, writer, clock).Write(group), most: 256, atOnce: 2);
    }

    /// <summary>The access policy in force.</summary>
    internal AccessRules Rules { get; }

    /// <summary>The numbers of parameters and systems in search rows.</summary>
    internal SearchNumberSql Numbers { get; }

    private const string CompartmentSql = """
        select type, id, version, updated, body, patient, 0 from record.resource
        where patient_key = any($3) and patient = any($1) and not deleted and ($2::text[] is null or type = any($2))
        order by patient, type, id
        """;

    /// <summary>Opens a transaction in which resources and a feature's own rows are written together.</summary>
    /// <param name="access">Who writes.</param>
    /// <param name="cause">What the change log says wrote it: <c>api</c>, <c>feed:CODE</c>, <c>pathways</c> …</param>
    /// <param name="cancellation">Stops waiting for a connection.</param>
    public async Task<RecordTransaction> Begin(Access access, string cause, CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation);
        return new(await connection.BeginTransactionAsync(cancellation), writer, access, cause, clock);
    }

    /// <summary>The current version; NotFound, Gone or Forbidden otherwise.</summary>
    public async Task<Result<StoredResource>> Read(Access access, string type, string id, CancellationToken cancellation)
    {
        if (!MayRead(access, type)) return await Refuse(access, "read", type, id, cancellation);
        cancellation.ThrowIfCancellationRequested();
        var found = await reads.Do((access, type, id));
        return found is null ? FhirErrors.NotFound : found.Deleted ? FhirErrors.Deleted : found;
    }

    /// <summary>
    /// One create, update or delete. Concurrent ones share a commit; each has its own result and its own audit row.
    /// </summary>
    public async Task<Result<Written>> Write(Access access, ResourceWrite write, CancellationToken cancellation)
    {
        if (!access.MayReadPatients) return (await Refuse(access, "write", write.Type, write.Id, cancellation)).Error();
        cancellation.ThrowIfCancellationRequested();
        write.Prepare();
        write.By = Rules.SightOf(access, clock.GetUtcNow());
        var result = await writes.Do((access, write));
        if (result.TryGet(out var made, out var error) && !made.Changed) // what was there already is in the answer
            await audit.Write(new(access, write.Json is null ? 'D' : 'U', write.Json is null ? "delete" : "update", write.Type, write.Id, null, "success", made.Resource.Patient is { } patient ? [patient] : []), CancellationToken.None);
        else if (error is not null)
            await audit.Write(new(access, write.Json is null ? 'D' : 'U', "write", write.Type, write.Id, null, error.Code, []), CancellationToken.None);
        return result;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await reads.DisposeAsync();
        if (searches is not null) await searches.DisposeAsync();
        await writes.DisposeAsync();
    }

    /// <summary>One version, current or past.</summary>
    public async Task<Result<StoredResource>> ReadVersion(Access access, string type, string id, int version, CancellationToken cancellation)
    {
        if (!MayRead(access, type)) return await Refuse(access, "vread", type, id, cancellation);
        var found = (await VersionsSql.Read(database, Rules.SightOf(access, clock.GetUtcNow()), clock.GetUtcNow(), type, id, version, 1, cancellation)).FirstOrDefault();
        return await Answer(access, "vread", type, id, found, cancellation);
    }

    /// <summary>What is current about these source patients, optionally of some types only. One audit row.</summary>
    /// <param name="access">Who asks.</param>
    /// <param name="patients">Ids of source Patients.</param>
    /// <param name="types">Resource types; null for all.</param>
    /// <param name="interaction">What the audit row says was done.</param>
    /// <param name="cancellation">Stops the query.</param>
    public async Task<Result<IReadOnlyList<StoredResource>>> Compartment(
        Access access, IReadOnlyCollection<string> patients, IReadOnlyCollection<string>? types, string interaction, CancellationToken cancellation)
    {
        if (!access.MayReadPatients) return (await Refuse(access, interaction, "Patient", null, cancellation)).Error();
        var found = await CompartmentReadSql.Read(database, Rules.SightOf(access, clock.GetUtcNow()), clock.GetUtcNow(), patients, types, cancellation);
        await audit.Write(new(access, 'R', interaction, "Patient", null, null, "success", patients), cancellation);
        return Result<IReadOnlyList<StoredResource>>.Of(found);
    }

    /// <summary>What is current about these source patients, as a transaction sees it; for consumers, whose runs write their own audit row.</summary>
    internal static async Task<List<StoredResource>> CompartmentIn(
        RecordTransaction transaction, string[] patients, string[] types, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(CompartmentSql, transaction.Connection) { Parameters = { new() { Value = patients }, new() { Value = types }, new() { Value = Array.ConvertAll(patients, PatientKey.Of) } } };
        return await Current(command, cancellation);
    }

    /// <summary>Whether resources of this type are about no patient and open to whoever is signed in.</summary>
    public static bool IsAboutNobody(string type) => Fhir.Compartment.IsPublic(type);

    internal static bool MayRead(Access access, string type) => access.MayReadPatients || Fhir.Compartment.IsPublic(type);

    private async Task<Result<StoredResource>> Refuse(Access access, string interaction, string type, string? id, CancellationToken cancellation)
    {
        await audit.Write(new(access, 'R', interaction, type, id, null, FhirErrors.Forbidden.Code, []), cancellation);
        return FhirErrors.Forbidden;
    }

    private async Task<Result<StoredResource>> Answer(
        Access access, string interaction, string type, string id, StoredResource? found, CancellationToken cancellation)
    {
        Result<StoredResource> result = found is null ? FhirErrors.NotFound : found.Deleted ? FhirErrors.Deleted : found;
        var outcome = result.TryGet(out _, out var error) ? "success" : error.Code;
        await audit.Write(new(access, 'R', interaction, type, id, null, outcome, found?.Patient is { } patient ? [patient] : []), cancellation);
        return result;
    }

    private static List<string> Patients(IEnumerable<StoredResource> resources) =>
        [.. resources.Select(r => r.Patient).OfType<string>().Distinct()];

    internal static async Task<List<StoredResource>> Current(NpgsqlCommand command, CancellationToken cancellation)
    {
        var found = new List<StoredResource>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            found.Add(PatientCut.Of(new(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<byte[]>(4), false, row.GetString(5)), row.GetInt32(6)));
        return found;
    }
}
