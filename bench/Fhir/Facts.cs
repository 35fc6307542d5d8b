using Bench.Running;
using Npgsql;

namespace Bench.Fhir;

/// <summary>What was measured, where and when.</summary>
internal static class Facts
{
    private const string Server = "select version()";
    private const string Settings = "select string_agg(name || '=' || current_setting(name), ', ' order by name) from pg_settings where name in ('fsync', 'synchronous_commit', 'shared_buffers', 'wal_compression', 'max_wal_size')";

    public static async Task Print(string owner, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(owner);
        await using var version = database.CreateCommand(Server);
        await using var settings = database.CreateCommand(Settings);
        Console.WriteLine($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Machine.Facts()}");
        Console.WriteLine($"{await version.ExecuteScalarAsync(cancellation)} ({await settings.ExecuteScalarAsync(cancellation)})");
        Console.WriteLine($"commit {await Commit()}; the generator runs on the same cores");
        Console.WriteLine();
    }

    private static async Task<string> Commit()
    {
        using var git = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("git", ["-C", Checkout.Root, "describe", "--always", "--dirty"]) { RedirectStandardOutput = true })!;
        return (await git.StandardOutput.ReadToEndAsync()).Trim();
    }
}
