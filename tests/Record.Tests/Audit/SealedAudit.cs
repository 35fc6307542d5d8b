using Microsoft.Extensions.Logging.Abstractions;
using Record.Core.Audit.Seals;
using Xunit;

namespace Record.Tests.Audit;

/// <summary>A record whose audit is sealed as the worker seals it, with a folder of anchors.</summary>
public abstract class SealedAudit : IAsyncLifetime
{
    protected string Anchors { get; } = Directory.CreateTempSubdirectory("mse-epr-anchors-").FullName;

    protected RecordStore Record { get; } = new();

    public async Task InitializeAsync() => await Record.InitializeAsync();

    public async Task DisposeAsync()
    {
        await Record.DisposeAsync();
        Directory.Delete(Anchors, true);
    }

    protected SealOptions Options(params string[] keys) => new() { AnchorFolder = Anchors, SealKeys = keys };

    protected async Task Write(int rows)
    {
        for (var i = 0; i < rows; i++)
            await Record.Audit.Write(new(Record.Clinician with { From = "10.0.0.7" }, 'R', "read", "Patient", $"p{i}", null, "success", [$"p{i}"]), CancellationToken.None);
    }

    // Other databases of the server hold the horizon back for moments: what is written is one block only when it has passed.
    protected async Task Seal(SealOptions? options = null)
    {
        var written = await Record.Database.Scalar("select pg_current_xact_id()::text");
        while (await Record.Database.Scalar($"select pg_snapshot_xmin(pg_current_snapshot()) > '{written}'::xid8") is false) await Task.Delay(50);
        var store = new AuditSealStore(Record.Source, Record.Clock);
        using var sealing = new SealAudit(store, Microsoft.Extensions.Options.Options.Create(options ?? Options()), Record.Clock, NullLogger<SealAudit>.Instance);
        for (var i = 0; i < 600; i++)
        {
            await sealing.SealOnce(CancellationToken.None);
            if ((await store.Unsealed(Record.System, await store.Last(Record.System, CancellationToken.None), CancellationToken.None)).Rows == 0) return;
            await Task.Delay(100);
        }

        Assert.Fail("The rows were not sealed within a minute.");
    }

    protected Task<AuditVerdict> Verify(SealOptions? options = null) => new VerifyAudit(new(Record.Source, Record.Clock), options ?? Options()).Run(Record.System, CancellationToken.None);

    // As somebody who owns the database and switches its triggers off.
    protected Task<object?> Tamper(string sql) => Record.Database.Scalar($"set session_replication_role = replica; {sql}; select 1");

    protected async Task<List<long>> Ids()
    {
        var ids = new List<long>();
        await using var command = Record.Source.CreateCommand("select id from record.audit order by id");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) ids.Add(row.GetInt64(0));
        return ids;
    }

    protected async Task<List<long>> ThreeBlocks(SealOptions? options = null)
    {
        for (var i = 0; i < 3; i++)
        {
            await Write(4);
            await Seal(options);
        }

        return await Ids();
    }
}
