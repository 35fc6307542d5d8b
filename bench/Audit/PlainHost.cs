using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Record.Api;
using Record.Core;
using Record.Core.Audit;
using Record.Core.Fhir;

namespace Bench.Audit;

/// <summary>
/// The records API without access and audit, composed here for comparison: rows go nowhere, reads are the bare statement, and whoever
/// asks is taken for the service itself, whom nothing is withheld from. Sign-in, search and everything else are the product's.
/// </summary>
internal static class PlainHost
{
    public static void Run() => RecordApiHost.Build([], services =>
    {
        services.AddSingleton<IStartupFilter, Unrestricted>();
        services.AddSingleton(provider => new AuditLog(TimeProvider.System, _ => Task.CompletedTask));
        services.AddSingleton(provider => new ResourceStore(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<AuditLog>(), TimeProvider.System, AccessRules.Default, new PlainReads(provider.GetRequiredService<NpgsqlDataSource>()).Run));
    }).Run();

    private sealed class Unrestricted : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, following) =>
            {
                http.Features.Set(Access.OfService("plain"));
                return following(http);
            });
            next(app);
        };
    }
}

/// <summary>Reads by id of several callers in one statement, as the product groups them, and nothing else.</summary>
internal sealed class PlainReads(NpgsqlDataSource database)
{
    private const string Sql = """
        select w.place::int, r.version, r.updated, r.deleted, r.body, r.patient
        from unnest($1::text[], $2::text[]) with ordinality as w (type, id, place) join record.resource r on r.type = w.type and r.id = w.id
        """;

    public async Task<IReadOnlyList<StoredResource?>> Run(IReadOnlyList<(Access Access, string Type, string Id)> wanted)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. wanted.Select(one => one.Type)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. wanted.Select(one => one.Id)] });
        var found = new StoredResource?[wanted.Count];
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var (place, deleted) = (row.GetInt32(0) - 1, row.GetBoolean(3));
            found[place] = new(wanted[place].Type, wanted[place].Id, row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2),
                deleted ? ReadOnlyMemory<byte>.Empty : row.GetFieldValue<byte[]>(4), deleted, row.IsDBNull(5) ? null : row.GetString(5));
        }

        return found;
    }
}
