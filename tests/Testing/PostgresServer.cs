using System.Net;
using System.Net.Sockets;
using AppHost.Local.Postgres;
using Npgsql;
using Record.Core.Database;

namespace Testing;

/// <summary>One embedded PostgreSQL per test process: a free port, a temporary folder, fsync off, gone at exit.</summary>
public static class PostgresServer
{
    private static readonly Lazy<Task<(EmbeddedPostgres Server, string Template)>> Shared = new(Start);

    /// <summary>Password of every role in tests.</summary>
    public const string Password = "test-only";

    /// <summary>Makes a database with all migrations applied.</summary>
    /// <returns>The owner's connection string.</returns>
    public static async Task<string> CreateDatabase()
    {
        var (server, template) = await Shared.Value;
        var name = "t" + Guid.NewGuid().ToString("N");
        await Run(server.ConnectionString, $"create database {name} template {template}");
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, MaxPoolSize = 20 }.ConnectionString;
    }

    /// <summary>A port that nobody uses now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<(EmbeddedPostgres, string)> Start()
    {
        var folder = Directory.CreateTempSubdirectory("mse-epr-test-").FullName;
        if (PostgresBinaries.RunAs is not null && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101); // the unprivileged user passes through
        var server = await EmbeddedPostgres.Start(new(Path.Combine(folder, "data"), FreePort(), Password, Durable: false), _ => { }, CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(20));
            Directory.Delete(folder, true);
        };
        await Run(server.ConnectionString, "create database template_record");
        var template = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "template_record", Pooling = false }.ConnectionString;
        await Migrator.Migrate(template, Migrator.ServiceRoles.ToDictionary(role => role, _ => Password), CancellationToken.None);
        return (server, "template_record");
    }

    private static async Task Run(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
