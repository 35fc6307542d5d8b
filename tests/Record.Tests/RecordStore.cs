using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Record.Core;
using Record.Core.Audit;
using Record.Core.ChangeLog;
using Record.Core.Fhir;
using Record.Core.Identity;
using Testing;
using Xunit;

namespace Record.Tests;

/// <summary>The store on a database of its own, as the worker's role, with a clock that tests move.</summary>
public sealed class RecordStore : IAsyncLifetime
{
    private readonly PostgresDatabase database = new();
    private NpgsqlDataSource? source;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));

    public Access Clinician { get; } = new("mh.nurse", "mental-health-clinician", "R1L", "TREAT", "test", Guid.CreateVersion7());

    /// <summary>Another system: needs no relationship with anybody, and is shown nothing that is sealed or hidden.</summary>
    public Access Machine { get; } = new("local-system", "system", "", "TREAT", "test", Guid.CreateVersion7());

    public Access System { get; } = Access.OfService("test");

    public PostgresDatabase Database => database;

    public NpgsqlDataSource Source => source!;

    public AuditLog Audit { get; private set; } = null!;

    public ResourceStore Store { get; private set; } = null!;

    public LinkStore Links { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        source = NpgsqlDataSource.Create(database.As("record_worker"));
        Audit = new AuditLog(source, Clock);
        Store = new ResourceStore(source, Audit, Clock);
        Links = new LinkStore(source);
    }

    public ChangeConsumer Consumer(string name, ChangesBy by, ChangeHandler handler) =>
        new(name, by, handler, Store, Source, NullLogger<ChangeConsumer>.Instance);

    public ChangeConsumer Identity() => Consumer(LinkPatients.Name, ChangesBy.SourcePatient, new LinkPatients(Clock).Handle);

    /// <summary>Writes one resource and returns it.</summary>
    public async Task<StoredResource> Put(string type, string id, string json, string cause = "api")
    {
        await using var transaction = await Store.Begin(System, cause, CancellationToken.None);
        transaction.Put(type, id, global::System.Text.Encoding.UTF8.GetBytes(json));
        var written = await transaction.Commit(CancellationToken.None);
        Assert.True(written.TryGet(out var made, out _));
        return made[0].Resource;
    }

    public async Task DisposeAsync()
    {
        await Audit.DisposeAsync();
        await Source.DisposeAsync();
        await database.DisposeAsync();
    }
}
