using Npgsql;
using Xunit;

namespace Testing;

/// <summary>A fresh, migrated database for one test class (<c>IClassFixture&lt;PostgresDatabase&gt;</c>).</summary>
public sealed class PostgresDatabase : IAsyncLifetime
{
    /// <summary>The owner's connection string.</summary>
    public string Owner { get; private set; } = "";

    /// <summary>The connection string of one service's role.</summary>
    public string As(string role) =>
        new NpgsqlConnectionStringBuilder(Owner) { Username = role, Password = PostgresServer.Password }.ConnectionString;

    /// <summary>Runs a statement as owner and returns its first value.</summary>
    public async Task<object?> Scalar(string sql)
    {
        await using var connection = new NpgsqlConnection(Owner);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <inheritdoc/>
    public async Task InitializeAsync() => Owner = await PostgresServer.CreateDatabase();

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        return Task.CompletedTask;
    }
}
