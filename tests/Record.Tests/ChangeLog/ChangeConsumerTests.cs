using System.Text;
using Record.Core.ChangeLog;
using Xunit;

namespace Record.Tests.ChangeLog;

/// <summary>The change log is read by windows of transactions: nothing is lost, nothing comes twice, versions come in order.</summary>
public class ChangeConsumerTests(RecordStore record) : IClassFixture<RecordStore>
{
    private static byte[] Patient(int number) => Encoding.UTF8.GetBytes($$"""{"resourceType":"Patient","name":[{"text":"{{number}}"}]}"""); // each time something else: what says nothing new makes no version

    [Fact]
    public async Task Every_change_is_handled_once_and_in_order_while_writers_interleave()
    {
        const int Writers = 6, Each = 40, Shared = 7;
        var handled = new List<Change>();
        var consumer = record.Consumer("interleaving", ChangesBy.SourcePatient, (changes, _, _) =>
        {
            handled.AddRange(changes);
            return Task.CompletedTask;
        });
        async Task Write(int writer)
        {
            var dice = new Random(writer);
            for (var i = 0; i < Each; i++)
            {
                await using var transaction = await record.Store.Begin(record.System, "api", CancellationToken.None);
                transaction.Put("Patient", $"inter-{dice.Next(Shared)}", Patient(writer * Each + i));
                if (!(await transaction.Flush(CancellationToken.None)).IsSuccess)
                {
                    i--; // another wrote it meanwhile
                    continue;
                }

                await Task.Delay(dice.Next(8)); // its changes are written, but not yet to be seen
                Assert.True((await transaction.Commit(CancellationToken.None)).IsSuccess);
            }
        }

        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(Write));
        while (!writing.IsCompleted) await consumer.Drain(CancellationToken.None);
        await writing;
        await consumer.Drain(CancellationToken.None);

        var mine = handled.Where(change => change.Id.StartsWith("inter-", StringComparison.Ordinal)).ToList();
        Assert.Equal(Writers * Each, mine.Count);
        Assert.All(mine.GroupBy(change => change.Id), one => Assert.Equal(Enumerable.Range(1, one.Count()), one.Select(change => change.Version)));
    }

    [Fact]
    public async Task A_backlog_of_many_batches_in_one_transaction_is_read_to_its_end()
    {
        const int Many = (ChangeConsumer.BatchSize * 3) + 7;
        await using (var transaction = await record.Store.Begin(record.System, "api", CancellationToken.None))
        {
            for (var i = 0; i < Many; i++) transaction.Put("Organization", $"many-{i:0000}", """{"resourceType":"Organization","name":"X"}"""u8.ToArray());
            Assert.True((await transaction.Commit(CancellationToken.None)).IsSuccess);
        }

        var handled = new List<Change>();
        await record.Consumer("backlog", ChangesBy.SourcePatient, (changes, _, _) =>
        {
            Assert.InRange(changes.Count, 1, ChangeConsumer.BatchSize);
            handled.AddRange(changes);
            return Task.CompletedTask;
        }).Drain(CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, Many).Select(i => $"many-{i:0000}"), handled.Where(change => change.Id.StartsWith("many-", StringComparison.Ordinal)).Select(change => change.Id));
    }
}
