using Record.Core.Audit.Seals;
using Xunit;

namespace Record.Tests.Audit;

/// <summary>The audit's seals: what is tampered with is found, and the first row that is not as it was is named.</summary>
public sealed class SealTests : SealedAudit
{
    [Fact]
    public async Task An_audit_that_nobody_touched_is_whole()
    {
        await ThreeBlocks();
        await Write(2);

        var verdict = await Verify();

        Assert.Null(verdict.Fault);
        Assert.Equal((3, 12, 2), (verdict.Blocks, verdict.Rows, verdict.Unsealed));
        Assert.Equal(Record.Clock.GetUtcNow(), verdict.UnsealedSince);
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
        await ThreeBlocks(new() { AnchorFolder = Anchors, AnchorEvery = TimeSpan.FromMinutes(1) });
        await Tamper("delete from record.audit where id in (select unnest(ids) from record.audit_seal where block = 3); delete from record.audit_seal where block = 3");

        var fault = (await Verify()).Fault;

        Assert.Equal(("truncated", 3), (fault!.Kind, fault.Block));
    }

    [Fact]
    public async Task A_chain_that_was_computed_anew_contradicts_the_anchor()
    {
        var ids = await ThreeBlocks();
        await Tamper($"delete from record.audit_seal; update record.audit set actor = 'x' where id = {ids[0]}");
        var honest = Anchors;
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
}
