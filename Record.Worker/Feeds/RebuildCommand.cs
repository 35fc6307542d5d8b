using Npgsql;
using Record.Core;
using Record.Core.Audit;
using Record.Core.ChangeLog;
using Record.Core.Feeds.Mapping;
using Record.Core.Feeds.Rebuild;
using Record.Core.Fhir;
using Record.Core.Identity;

namespace Record.Worker.Feeds;

/// <summary>
/// The commands <c>rebuild</c> and <c>compare</c>. ConnectionStrings__original names the record as it is, ConnectionStrings__record the
/// other one: for rebuild migrated and empty; both as a role that may read and write everything.
/// </summary>
internal static class RebuildCommand
{
    /// <summary>Replays raw log and command log of the original into the empty record, then compares. 0 if they are equal.</summary>
    public static async Task<int> Rebuild(string[] args)
    {
        await using var app = RecordWorkerHost.Build(args);
        var (original, record) = (Database(app, "original"), app.Services.GetRequiredService<NpgsqlDataSource>());
        if (original is null) return await Missing();
        await using var owned = original;
        var mapping = app.Services.GetRequiredService<MapMessages>();
        var consumers = app.Services.GetServices<IHostedService>().OfType<ChangeConsumer>().ToList();
        async Task Settle(CancellationToken cancellation)
        {
            while (await mapping.Step(200, cancellation) > 0) { }
            foreach (var consumer in consumers) await consumer.Drain(cancellation); // identity first: it feeds the others
        }

        var carry = new ReplayCommands(app.Services.GetRequiredService<ResourceStore>(), app.Services.GetRequiredService<AuditLog>(), app.Services.GetRequiredService<CurrentRules>());
        var rebuilt = await new RebuildRecord(new ReplayStore(original, record), carry, Settle).Run(CancellationToken.None);
        if (!rebuilt.TryGet(out var commands, out var error))
        {
            await Console.Error.WriteLineAsync(error.Detail);
            return 2;
        }

        Console.WriteLine($"carried out again: {commands} commands");
        return await Compare(original, record);
    }

    /// <summary>Compares two records. 0 if they are equal.</summary>
    public static async Task<int> Compare(string[] args)
    {
        await using var app = RecordWorkerHost.Build(args);
        if (Database(app, "original") is not { } original) return await Missing();
        await using var owned = original;
        return await Compare(original, app.Services.GetRequiredService<NpgsqlDataSource>());
    }

    private static async Task<int> Compare(NpgsqlDataSource original, NpgsqlDataSource record)
    {
        var differences = await new CompareStore(original, record).Differences(Access.OfService("compare"), 100, CancellationToken.None);
        foreach (var difference in differences) Console.WriteLine(difference);
        Console.WriteLine(differences.Count == 0 ? "equal" : $"{differences.Count} differences (at most 100 are shown)");
        return differences.Count == 0 ? 0 : 1;
    }

    private static NpgsqlDataSource? Database(WebApplication app, string name) =>
        app.Configuration.GetConnectionString(name) is { } connection ? NpgsqlDataSource.Create(connection) : null;

    private static async Task<int> Missing()
    {
        await Console.Error.WriteLineAsync("ConnectionStrings__original is missing: the record as it is. ConnectionStrings__record names the other one.");
        return 2;
    }
}
