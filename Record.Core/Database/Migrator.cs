using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Record.Core.Database;

/// <summary>
/// Applies the numbered SQL files of this assembly, each once, in order, under an advisory lock.
/// Forward only: a file that has changed since it was applied is an error, never applied again.
/// </summary>
public static class Migrator
{
    /// <summary>The roles that services sign in as; none of them owns anything or is a superuser.</summary>
    public static IReadOnlyList<string> ServiceRoles { get; } = ["record_api", "record_worker", "reporting", "identity"];

    private const string Prefix = "Record.Core.Database.Migrations.";

    /// <summary>Brings the database up to date. Connects as its owner.</summary>
    /// <param name="ownerConnection">Connection string of the owner, who may create roles.</param>
    /// <param name="passwords">Password of each service role.</param>
    /// <param name="cancellation">Stops between files.</param>
    /// <param name="rules">The access policy by which what is there is protected; the one that the program brings unless said otherwise.</param>
    /// <returns>The names of the files applied now.</returns>
    /// <exception cref="InvalidOperationException">A file that was applied before has been changed.</exception>
    public static async Task<IReadOnlyList<string>> Migrate(
        string ownerConnection, IReadOnlyDictionary<string, string> passwords, CancellationToken cancellation, AccessRules? rules = null)
    {
        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync(cancellation);
        await Run(connection, "select pg_advisory_lock(8106223)", cancellation);
        await EnsureRoles(connection, passwords, cancellation);
        await Run(connection, """
            create table if not exists public.migration (
                name text primary key,
                checksum text not null,
                applied_at timestamptz not null default now())
            """, cancellation);

        var applied = new List<string>();
        foreach (var (name, sql) in Files())
            if (await Apply(connection, name, sql, cancellation)) applied.Add(name);
        await Fhir.SearchNumberSql.FillParameters(connection, cancellation);
        await Fhir.ReindexSql.Run(ownerConnection, rules ?? AccessRules.Default, cancellation);
        await Run(connection, "select pg_advisory_unlock(8106223)", cancellation);
        return applied;
    }

    private static IEnumerable<(string Name, string Sql)> Files()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name[Prefix.Length..], reader.ReadToEnd().ReplaceLineEndings("\n"));
        }
    }

    private static async Task<bool> Apply(NpgsqlConnection connection, string name, string sql, CancellationToken cancellation)
    {
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        await using (var find = new NpgsqlCommand("select checksum from public.migration where name = $1", connection))
        {
            find.Parameters.AddWithValue(name);
            if (await find.ExecuteScalarAsync(cancellation) is string known)
                return known == checksum
                    ? false
                    : throw new InvalidOperationException($"Migration {name} has changed since it was applied. Add a new file instead.");
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await Run(connection, sql, cancellation);
        await using var note = new NpgsqlCommand("insert into public.migration (name, checksum) values ($1, $2)", connection);
        note.Parameters.AddWithValue(name);
        note.Parameters.AddWithValue(checksum);
        await note.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private static async Task EnsureRoles(
        NpgsqlConnection connection, IReadOnlyDictionary<string, string> passwords, CancellationToken cancellation)
    {
        foreach (var role in ServiceRoles)
        {
            if (!passwords.TryGetValue(role, out var password) || password.Length == 0)
                throw new InvalidOperationException($"No password for the database role {role}. Set Roles__{role}.");
            await Run(connection, $"""
                do $$ begin
                    if not exists (select from pg_roles where rolname = '{role}') then create role {role} login; end if;
                end $$;
                alter role {role} login nosuperuser nocreatedb nocreaterole password '{password.Replace("'", "''", StringComparison.Ordinal)}';
                """, cancellation);
        }

        await Run(connection, """
            create schema if not exists identity authorization identity;
            create schema if not exists hangfire authorization record_worker;
            """, cancellation);
    }

    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
