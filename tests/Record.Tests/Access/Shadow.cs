using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Record.Core;
using Record.Core.Audit;
using Record.Core.Fhir;
using Testing;

namespace Record.Tests.Opening;

/// <summary>A record that holds nothing but what one caller may see: whoever asks there sees all of it.</summary>
internal sealed class Shadow : IAsyncDisposable
{
    private readonly PostgresDatabase database = new();
    private readonly TimeProvider clock;
    private NpgsqlDataSource? source;
    private AuditLog? audit;

    private Shadow(TimeProvider clock) => this.clock = clock;

    public ResourceStore Store { get; private set; } = null!;

    public NpgsqlDataSource Source => source!;

    public AuditLog Audit => audit!;

    public static async Task<Shadow> Start(TimeProvider clock, AccessRules rules)
    {
        var shadow = new Shadow(clock);
        await shadow.database.InitializeAsync();
        shadow.source = NpgsqlDataSource.Create(shadow.database.As("record_api"));
        shadow.audit = new AuditLog(shadow.source, clock);
        shadow.Store = new ResourceStore(shadow.source, shadow.audit, clock, rules);
        return shadow;
    }

    public async Task Write(string type, string id, JsonObject? json)
    {
        await using var transaction = await Store.Begin(Access.OfService("world"), "api", CancellationToken.None);
        if (json is null) transaction.Delete(type, id);
        else transaction.Put(type, id, Encoding.UTF8.GetBytes(json.ToJsonString()));
        if (!(await transaction.Commit(CancellationToken.None)).TryGet(out _, out var error)) throw new InvalidOperationException($"{type}/{id}: {error.Detail}");
    }

    /// <summary>Says that patients are one person.</summary>
    public async Task Link(Guid person, IEnumerable<string> patients)
    {
        await database.Scalar($"insert into record.person (id, created_at) values ('{person}', now())");
        foreach (var patient in patients)
            await database.Scalar($"insert into record.link (id, patient, person, method, decided_by, decided_at) values ('{Guid.NewGuid()}', '{patient}', '{person}', 'test', 'test', now())");
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Audit.DisposeAsync();
        await Source.DisposeAsync();
        await database.DisposeAsync();
    }
}
