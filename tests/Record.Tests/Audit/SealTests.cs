using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Record.Core.Audit.Seals;
using Xunit;

namespace Record.Tests.Audit;

/// <summary>The audit's seals: what is tampered with is found, and the first row that is not as it was is named.</summary>
public sealed class SealTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("mse-epr-anchors-").FullName;
    private readonly RecordStore record = new();

    public async Task InitializeAsync() => await record.InitializeAsync();

    public async Task DisposeAsync()
    {
        await record.DisposeAsync();
        Directory.Delete(folder, true);
    }

    private SealOptions Options(params string[] keys) => new() { AnchorFolder = folder, SealKeys = keys };

    private async Task Write(int rows)
    {
        for (var i = 0; i < rows; i++)
            await record.Audit.Write(new(record.Clinician with { From = "10.0.0.7" }, 'R', "read", "Patient", $"p{i}", null, "success", [$"p{i}"]), CancellationToken.None);
    }

    // Other databases of the server hold the horizon back for moments: what is written is one block only when it has passed.
    private async Task Seal(SealOptions? options = null)
    {
        var written = await record.Database.Scalar("select pg_current_xact_id()::text");
        while (await record.Database.Scalar($"select pg_snapshot_xmin(pg_current_snapshot()) > '{written}'::xid8") is false) await Task.Delay(50);
        var store = new AuditSealStore(record.Source, record.Clock);
        using var sealing = new SealAudit(store, Microsoft.Extensions.Options.Options.Create(options ?? Options()), record.Clock, NullLogger<SealAudit>.Instance);
        for (var i = 0; i < 600; i++)
        {
            await sealing.SealOnce(CancellationToken.None);
            if ((await store.Unsealed(record.System, await store.Last(record.System, CancellationToken.None), CancellationToken.None)).Rows == 0) return;
            await Task.Delay(100);
        }

        Assert.Fail("The rows were not sealed within a minute.");
    }

    private Task<AuditVerdict> Verify(SealOptions? options = null) => new VerifyAudit(new(record.Source, record.Clock), options ?? Options()).Run(record.System, CancellationToken.None);

    // As somebody who owns the database and switches its triggers off.
    private Task<object?> Tamper(string sql) => record.Database.Scalar($"set session_replication_role = replica; {sql}; select 1");

    private async Task<List<long>> Ids()
    {
        var ids = new List<long>();
        await using var command = record.Source.CreateCommand("select id from record.audit order by id");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) ids.Add(row.GetInt64(0));
        return ids;
    }

    private async Task<List<long>> ThreeBlocks(SealOptions? options = null)
    {
        for (var i = 0; i < 3; i++)
        {
            await Write(4);
            await Seal(options);
        }

        return await Ids();
    }

    [Fact]
    public async Task An_audit_that_nobody_touched_is_whole()
    {
        await ThreeBlocks();
        await Write(2);

        var verdict = await Verify();

        Assert.Null(verdict.Fault);
        Assert.Equal((3, 12, 2), (verdict.Blocks, verdict.Rows, verdict.Unsealed));
        Assert.Equal(record.Clock.GetUtcNow(), verdict.UnsealedSince);
    }

    [Theory]
    [InlineData("actor = 'somebody.else'")]
    [InlineData("at = at + interval '1 microsecond'")]
    [InlineData("request = gen_random_uuid()")]
    [InlineData("role = 'system'")]
    [InlineData("organisation = 'RAJ'")]
    [InlineData("purpose = 'BTG'")]
    [InlineData("client = 'x'")]
    [InlineData("network = null")]
    [InlineData("action = 'U'")]
    [InlineData("interaction = 'vread'")]
    [InlineData("resource_type = null")]
    [InlineData("resource_id = ''")]
    [InlineData("query = ''")]
    [InlineData("outcome = 'fhir.forbidden'")]
    [InlineData("patients = '{}'")]
    [InlineData("patients = array[patients[1], 'q']")]
    public async Task A_changed_column_is_found_and_its_row_named(string change)
    {
        var ids = await ThreeBlocks();
        await Tamper($"update record.audit set {change} where id in ({ids[6]}, {ids[9]})");

        var fault = (await Verify()).Fault;

        Assert.Equal(("changed", ids[6], 2), (fault!.Kind, fault.Row, fault.Block));
    }

    [Fact]
    public async Task A_removed_row_is_named()
    {
        var ids = await ThreeBlocks();
        await Tamper($"delete from record.audit where id = {ids[5]}");

        var fault = (await Verify()).Fault;

        Assert.Equal(("missing", ids[5], 2), (fault!.Kind, fault.Row, fault.Block));
    }

    [Fact]
    public async Task A_row_put_in_among_sealed_ones_is_named()
    {
        var ids = await ThreeBlocks();
        await Tamper($"insert into record.audit overriding system value select {ids[11] + 5}, at, request, 'scapegoat', role, organisation, purpose, client, action, interaction, resource_type, resource_id, query, outcome, patients, network, xid from record.audit where id = {ids[5]}");

        var fault = (await Verify()).Fault;

        Assert.Equal(("inserted", ids[11] + 5, 2), (fault!.Kind, fault.Row, fault.Block));
    }

    [Fact]
    public async Task Rows_that_changed_places_are_found()
    {
        var ids = await ThreeBlocks();
        await Tamper($"update record.audit a set resource_id = b.resource_id, patients = b.patients from record.audit b where a.id in ({ids[0]}, {ids[3]}) and b.id in ({ids[0]}, {ids[3]}) and a.id <> b.id");

        var fault = (await Verify()).Fault;

        Assert.Equal(("changed", ids[0], 1), (fault!.Kind, fault.Row, fault.Block));
    }

    [Fact]
    public async Task A_row_moved_to_another_transaction_is_found()
    {
        var ids = await ThreeBlocks();
        await Tamper($"update record.audit set xid = (select xid from record.audit where id = {ids[11]}) where id = {ids[1]}");

        var fault = (await Verify()).Fault;

        Assert.Equal(("missing", ids[1], 1), (fault!.Kind, fault.Row, fault.Block));
    }

    [Fact]
    public async Task A_seal_that_was_made_to_agree_with_a_changed_row_breaks_the_chain()
    {
        var ids = await ThreeBlocks();
        await Tamper($"update record.audit set actor = 'x' where id = {ids[5]}; update record.audit_seal set digests = set_byte(digests, 17, 255 - get_byte(digests, 17)) where block = 2");

        var fault = (await Verify()).Fault;

        Assert.Equal(("seal", 2), (fault!.Kind, fault.Block));
    }

    [Fact]
    public async Task A_block_that_is_missing_in_the_middle_is_found()
    {
        await ThreeBlocks();
        await Tamper("delete from record.audit where id in (select unnest(ids) from record.audit_seal where block = 2); delete from record.audit_seal where block = 2");

        var fault = (await Verify()).Fault;

        Assert.Equal(("seal", 3), (fault!.Kind, fault.Block));
    }

    [Fact]
    public async Task An_end_that_was_cut_off_with_its_seals_contradicts_the_anchor()
    {
        await ThreeBlocks(new() { AnchorFolder = folder, AnchorEvery = TimeSpan.FromMinutes(1) });
        await Tamper("delete from record.audit where id in (select unnest(ids) from record.audit_seal where block = 3); delete from record.audit_seal where block = 3");

        var fault = (await Verify()).Fault;

        Assert.Equal(("truncated", 3), (fault!.Kind, fault.Block));
    }

    [Fact]
    public async Task A_chain_that_was_computed_anew_contradicts_the_anchor()
    {
        var ids = await ThreeBlocks();
        await Tamper($"delete from record.audit_seal; update record.audit set actor = 'x' where id = {ids[0]}");
        var honest = folder;
        await Seal(new() { AnchorFolder = Path.Combine(honest, "elsewhere") });

        var (fault, unanchored) = ((await Verify()).Fault, (await Verify(new())).Fault);

        Assert.Equal("rewritten", fault!.Kind);
        Assert.Null(unanchored); // why anchors, or a key, are what protects
    }

    [Fact]
    public async Task Without_the_key_nobody_computes_the_chain_anew()
    {
        var key = Convert.ToBase64String(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());
        var other = Convert.ToBase64String(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());
        SealOptions With(params string[] keys) => new() { SealKeys = keys };
        var ids = await ThreeBlocks(With(key));
        var before = (await Verify(With(other, key)), await Verify(With(other)));
        await Tamper($"delete from record.audit_seal; update record.audit set actor = 'x' where id = {ids[0]}");
        await Seal(With());
        var unkeyed = await Verify(With(key));
        await Tamper("delete from record.audit_seal");
        await Seal(With(other));

        var otherKey = await Verify(With(key));

        Assert.Null(before.Item1.Fault);
        Assert.Equal("key", before.Item2.Fault!.Kind);
        Assert.Equal(("key", "key"), (unkeyed.Fault!.Kind, otherKey.Fault!.Kind));
    }

    [Fact]
    public async Task A_row_whose_transaction_is_still_open_is_sealed_when_it_has_committed_and_not_passed_over()
    {
        await using var slow = await record.Source.OpenConnectionAsync();
        await using var open = await slow.BeginTransactionAsync();
        await using (var first = new NpgsqlCommand("insert into record.audit (at, request, actor, role, organisation, purpose, client, action, interaction, outcome) values (now(), gen_random_uuid(), 'slow', '', '', '', '', 'R', 'read', 'success')", slow))
            await first.ExecuteNonQueryAsync();
        await Write(3); // higher ids, committed first
        using var sealing = new SealAudit(new(record.Source, record.Clock), Microsoft.Extensions.Options.Options.Create(Options()), record.Clock, NullLogger<SealAudit>.Instance);
        var early = await sealing.SealOnce(CancellationToken.None);
        await open.CommitAsync();
        await Seal();

        var verdict = await Verify();

        Assert.Equal(0, early);
        Assert.Null(verdict.Fault);
        Assert.Equal(4, verdict.Rows);
    }

    [Fact]
    public async Task A_transaction_with_more_rows_than_a_block_holds_is_sealed_in_several()
    {
        await record.Database.Scalar($"insert into record.audit (at, request, actor, role, organisation, purpose, client, action, interaction, outcome) select now(), gen_random_uuid(), 'many', '', '', '', '', 'R', 'read', 'success' from generate_series(1, {2 * AuditSealStore.Most + 5})");
        await Seal();
        await Write(1);
        await Seal();
        var whole = await Verify();
        var ids = await Ids();
        await Tamper($"delete from record.audit where id = {ids[AuditSealStore.Most + 7]}");

        var fault = (await Verify()).Fault;

        Assert.Null(whole.Fault);
        Assert.Equal((4, 2 * AuditSealStore.Most + 6), (whole.Blocks, whole.Rows));
        Assert.Equal(("missing", ids[AuditSealStore.Most + 7], 2), (fault!.Kind, fault.Row, fault.Block));
    }

    [Fact]
    public async Task Writers_and_two_sealers_at_once_leave_a_whole_audit_with_every_row_sealed_once()
    {
        using var over = new CancellationTokenSource();
        var sealing = Enumerable.Range(0, 2).Select(async _ =>
        {
            using var one = new SealAudit(new(record.Source, record.Clock), Microsoft.Extensions.Options.Options.Create(Options()), record.Clock, NullLogger<SealAudit>.Instance);
            while (!over.IsCancellationRequested) await one.SealOnce(CancellationToken.None);
        }).ToList();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Write(60)));
        await over.CancelAsync();
        await Task.WhenAll(sealing);
        await Seal();

        var verdict = await Verify();

        Assert.Null(verdict.Fault);
        Assert.Equal(480, verdict.Rows);
        Assert.Equal(480L, await record.Database.Scalar("select count(distinct id) from record.audit_seal, unnest(ids) as i (id)"));
    }

    [Theory]
    [InlineData("update record.audit set actor = 'x'")]
    [InlineData("delete from record.audit")]
    [InlineData("truncate record.audit")]
    [InlineData("update record.audit_seal set head = ''")]
    [InlineData("delete from record.audit_seal")]
    public async Task Nobody_changes_or_removes_a_row_whoever_connects(string sql)
    {
        await ThreeBlocks();

        foreach (var role in (string[])["record_api", "record_worker", "reporting"])
        {
            await using var connection = new NpgsqlConnection(record.Database.As(role));
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }

        Assert.Contains("append-only", (await Assert.ThrowsAsync<PostgresException>(() => record.Database.Scalar(sql))).MessageText, StringComparison.Ordinal); // the owner too
        Assert.Null((await Verify()).Fault);
    }
}
