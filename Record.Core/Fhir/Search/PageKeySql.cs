using Npgsql;

namespace Record.Core.Fhir;

/// <summary>The key that page tokens are encrypted with: one for all instances, in the database.</summary>
internal sealed class PageKeySql(NpgsqlDataSource database)
{
    private const string Key = "select key from record.page_key";

    private byte[]? known;

    /// <summary>The key.</summary>
    public async ValueTask<byte[]> Get(CancellationToken cancellation)
    {
        if (known is { } key) return key;
        await using var command = database.CreateCommand(Key);
        return known = (byte[])(await command.ExecuteScalarAsync(cancellation))!;
    }
}
