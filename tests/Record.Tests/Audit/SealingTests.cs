using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Record.Core.Audit.Seals;
using Xunit;

namespace Record.Tests.Audit;

/// <summary>What the sealer makes of writers that are under way, of many rows, and of a second sealer; and that nobody changes what stands.</summary>
public sealed class SealingTests : SealedAudit
{
    [Fact]
    public async Task A_row_whose_transaction_is_still_open_is_sealed_when_it_has_committed_and_not_passed_over()
    {
        await using var slow = await Record.Source.OpenConnectionAsync();
        await using var open = await slow.BeginTransactionAsync();
        await using (var first = new NpgsqlCommand("insert into record.audit (at, request, actor, role, organisation, purpose, client, action, interaction, outcome) values (now(), gen_random_uuid(), 'slow', '', '', '', '', 'R', 'read', 'success')", slow))
            await first.ExecuteNonQueryAsync();
        await Write(3); // higher ids, committed first
        using var sealing = new SealAudit(new(Record.Source, Record.Clock), Microsoft.Extensions.Options.Options.Create(Options()), Record.Clock, NullLogger<SealAudit>.Instance);
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
        await Record.Database.Scalar($"insert into record.audit (at, request, actor, role, organisation, purpose, client, action, interaction, outcome) select now(), gen_random_uuid(), 'many', '', '', '', '', 'R', 'read', 'success' from generate_series(1, {2 * AuditSealStore.Most + 5})");
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
            using var one = new SealAudit(new(Record.Source, Record.Clock), Microsoft.Extensions.Options.Options.Create(Options()), Record.Clock, NullLogger<SealAudit>.Instance);
            while (!over.IsCancellationRequested) await one.SealOnce(CancellationToken.None);
        }).ToList();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Write(60)));
        await over.CancelAsync();
        await Task.WhenAll(sealing);
        await Seal();

        var verdict = await Verify();

        Assert.Null(verdict.Fault);
        Assert.Equal(480, verdict.Rows);
        Assert.Equal(480L, await Record.Database.Scalar("select count(distinct id) from record.audit_seal, unnest(ids) as i (id)"));
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
            await using var connection = new NpgsqlConnection(Record.Database.As(role));
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }

        Assert.Contains("append-only", (await Assert.ThrowsAsync<PostgresException>(() => Record.Database.Scalar(sql))).MessageText, StringComparison.Ordinal); // the owner too
        Assert.Null((await Verify()).Fault);
    }
}
