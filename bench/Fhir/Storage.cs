using Npgsql;

namespace Bench.Fhir;

/// <summary>What a resource takes on disk: current rows, search values and change log, with their indexes and TOAST.</summary>
internal static class Storage
{
    private const string Sizes = """
        select c.relname, pg_total_relation_size(c.oid), pg_indexes_size(c.oid)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'record' and c.relkind = 'r'
        order by 2 desc
        """;

    private const string Resources = "select count(*) from record.resource";

    private static readonly string[] Beside = ["resource_history", "audit", "person_change", "message", "feed", "consumer"];

    public static async Task Print(string owner, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(owner);
        await using var count = database.CreateCommand(Resources);
        var resources = (long)(await count.ExecuteScalarAsync(cancellation))!;
        var tables = await Tables(database, cancellation);
        var counted = tables.Where(table => Counts(table.Name)).Sum(table => table.Total);
        Table.Say($"| storage a resource | | {counted / 1024.0 / resources:0.00} KB | at most 3 KB | | | | | {resources:#,0} resources; {string.Join(", ", tables.Where(table => Counts(table.Name) && table.Total > 1 << 20).Select(Line))} | |");
        Table.Say($"| beside it, a resource | | | | | | | | {string.Join(", ", tables.Where(table => !Counts(table.Name) && table.Total > 1 << 20).Select(Line))} | |");

        string Line((string Name, long Total, long Indexes) table) => FormattableString.Invariant($"{table.Name} {table.Total / 1024.0 / resources:0.00} KB ({table.Indexes / 1024.0 / resources:0.00} indexes)");
    }

    private static bool Counts(string table) =>
        (table.StartsWith("resource", StringComparison.Ordinal) || table.StartsWith("search", StringComparison.Ordinal) || table.StartsWith("change", StringComparison.Ordinal))
        && !Beside.Any(other => table.StartsWith(other, StringComparison.Ordinal));

    private static async Task<List<(string Name, long Total, long Indexes)>> Tables(NpgsqlDataSource database, CancellationToken cancellation)
    {
        var tables = new List<(string, long, long)>();
        await using var command = database.CreateCommand(Sizes);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) tables.Add((row.GetString(0), row.GetInt64(1), row.GetInt64(2)));
        return tables;
    }
}
