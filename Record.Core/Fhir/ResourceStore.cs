using Npgsql;
using Record.Core.Audit;

namespace Record.Core.Fhir;

/// <summary>Reads and writes resources. Every method takes an <see cref="Access"/>; every answer has its audit row first.</summary>
public sealed class ResourceStore(NpgsqlDataSource database, AuditLog audit, TimeProvider clock)
{
    private const string ReadVersionSql = """
        select version, updated, deleted, body, patient from record.resource where type = $1 and id = $2 and version = $3
        union all
        select version, updated, deleted, body, patient from record.resource_history where type = $1 and id = $2 and version = $3
        """;

    private const string HistorySql = """
        select version, updated, deleted, body, patient from record.resource where type = $1 and id = $2
        union all
        select version, updated, deleted, body, patient from record.resource_history where type = $1 and id = $2
        order by version desc
        limit $3
        """;

    private const string CompartmentSql = """
        select type, id, version, updated, body, patient from record.resource
        where patient = any($1) and not deleted and ($2::text[] is null or type = any($2))
        order by patient, type, id
        """;

    /// <summary>Opens a transaction in which resources and a feature's own rows are written together.</summary>
    /// <param name="access">Who writes.</param>
    /// <param name="cause">What the change log says wrote it: <c>api</c>, <c>feed:CODE</c>, <c>pathways</c> …</param>
    /// <param name="cancellation">Stops waiting for a connection.</param>
    public async Task<RecordTransaction> Begin(Access access, string cause, CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation);
        return new(await connection.BeginTransactionAsync(cancellation), access, cause, clock);
    }

    /// <summary>The current version; NotFound, Gone or Forbidden otherwise.</summary>
    public async Task<Result<StoredResource>> Read(Access access, string type, string id, CancellationToken cancellation)
    {
        if (!MayRead(access, type)) return await Refuse(access, "read", type, id, cancellation);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var found = await ResourceWriter.Find(connection, type, id, cancellation);
        await connection.CloseAsync();
        return await Answer(access, "read", type, id, found, cancellation);
    }

    /// <summary>One version, current or past.</summary>
    public async Task<Result<StoredResource>> ReadVersion(Access access, string type, string id, int version, CancellationToken cancellation)
    {
        if (!MayRead(access, type)) return await Refuse(access, "vread", type, id, cancellation);
        await using var command = database.CreateCommand(ReadVersionSql);
        command.Parameters.Add(new() { Value = type });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = version });
        var found = (await Versions(command, type, id, cancellation)).FirstOrDefault();
        return await Answer(access, "vread", type, id, found, cancellation);
    }

    /// <summary>The versions of a resource, newest first.</summary>
    /// <param name="access">Who asks.</param>
    /// <param name="type">FHIR resource type.</param>
    /// <param name="id">Logical id.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Stops the query.</param>
    public async Task<Result<IReadOnlyList<StoredResource>>> History(Access access, string type, string id, int count, CancellationToken cancellation)
    {
        if (!MayRead(access, type)) return (await Refuse(access, "history-instance", type, id, cancellation)).Error();
        await using var command = database.CreateCommand(HistorySql);
        command.Parameters.Add(new() { Value = type });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = count });
        var versions = await Versions(command, type, id, cancellation);
        await audit.Write(new(access, 'R', "history-instance", type, id, null, versions.Count > 0 ? "success" : "fhir.not-found", Patients(versions)), cancellation);
        return versions.Count > 0 ? Result<IReadOnlyList<StoredResource>>.Of(versions) : FhirErrors.NotFound;
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
        await using var command = database.CreateCommand(CompartmentSql);
        command.Parameters.Add(new() { Value = patients.ToArray() });
        command.Parameters.Add(new() { Value = (object?)types?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        var found = await Current(command, cancellation);
        await audit.Write(new(access, 'R', interaction, "Patient", null, null, "success", patients), cancellation);
        return Result<IReadOnlyList<StoredResource>>.Of(found);
    }

    /// <summary>What is current about these source patients, as a transaction sees it; for consumers, whose runs write their own audit row.</summary>
    internal static async Task<List<StoredResource>> CompartmentIn(
        RecordTransaction transaction, string[] patients, string[] types, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(CompartmentSql, transaction.Connection) { Parameters = { new() { Value = patients }, new() { Value = types } } };
        return await Current(command, cancellation);
    }

    /// <summary>The resources that match, a page at a time.</summary>
    public async Task<Result<SearchPage>> Search(Access access, SearchQuery query, CancellationToken cancellation)
    {
        if (!MayRead(access, query.Type)) return (await Refuse(access, "search-type", query.Type, null, cancellation)).Error();
        var result = await SearchSql.Run(database, query, cancellation);
        var outcome = result.TryGet(out var page, out var error) ? "success" : error.Code;
        await audit.Write(new(access, 'E', "search-type", query.Type, null, query.Text, outcome, page is null ? [] : Patients(page.Matches)), cancellation);
        return result;
    }

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

    private static async Task<List<StoredResource>> Current(NpgsqlCommand command, CancellationToken cancellation)
    {
        var found = new List<StoredResource>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            found.Add(new(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<byte[]>(4), false, row.GetString(5)));
        return found;
    }

    private static async Task<List<StoredResource>> Versions(NpgsqlCommand command, string type, string id, CancellationToken cancellation)
    {
        var versions = new List<StoredResource>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var deleted = row.GetBoolean(2);
            versions.Add(new(type, id, row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1),
                deleted ? ReadOnlyMemory<byte>.Empty : row.GetFieldValue<byte[]>(3), deleted, row.IsDBNull(4) ? null : row.GetString(4)));
        }

        return versions;
    }
}
