using Record.Core.Database;
using Xunit;

namespace Record.Tests.Database;

/// <summary>Concurrent requests share a round trip: docs/adr/0010.</summary>
public class GroupedTests
{
    [Fact]
    public async Task Every_caller_gets_its_own_result_whatever_group_it_was_in()
    {
        var sizes = new List<int>();
        await using var doubled = new Grouped<int, int>(async group =>
        {
            lock (sizes) sizes.Add(group.Count);
            await Task.Delay(5);
            return [.. group.Select(n => n * 2)];
        }, most: 16, atOnce: 2);

        var results = await Task.WhenAll(Enumerable.Range(0, 500).Select(n => Task.Run(() => doubled.Do(n))));

        Assert.Equal(Enumerable.Range(0, 500).Select(n => n * 2), results);
        Assert.Equal(500, sizes.Sum());
        Assert.All(sizes, size => Assert.InRange(size, 1, 16));
        Assert.Contains(sizes, size => size > 1);
    }

    [Fact]
    public async Task A_group_that_fails_tells_each_of_its_callers_and_the_next_goes_on()
    {
        await using var grouped = new Grouped<int, int>(async group =>
        {
            await Task.Yield();
            return group.Contains(13) ? throw new InvalidOperationException("thirteen") : [.. group];
        }, most: 1, atOnce: 1);

        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(async n =>
        {
            try
            {
                return await grouped.Do(n);
            }
            catch (InvalidOperationException)
            {
                return -1;
            }
        }));

        Assert.Equal(Enumerable.Range(0, 40).Select(n => n == 13 ? -1 : n), results);
    }

    [Fact]
    public async Task Closing_waits_for_what_is_under_way_and_takes_no_more()
    {
        var gate = new TaskCompletionSource();
        var grouped = new Grouped<int, int>(async group =>
        {
            await gate.Task;
            return [.. group];
        }, most: 4, atOnce: 1);
        var asked = grouped.Do(1);

        var closing = grouped.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        gate.SetResult();
        await closing;

        Assert.Equal(1, await asked);
        Assert.Throws<ObjectDisposedException>(() => { _ = grouped.Do(2); });
    }

    [Fact]
    public async Task A_group_that_takes_long_is_known_to()
    {
        var gate = new TaskCompletionSource();
        await using var grouped = new Grouped<int, int>(async group =>
        {
            await gate.Task;
            return [.. group];
        }, most: 4, atOnce: 1);
        var before = grouped.IsStuck(TimeSpan.Zero);
        var asked = grouped.Do(1);

        var (soon, late) = (grouped.IsStuck(TimeSpan.FromMinutes(1)), SpinWait.SpinUntil(() => grouped.IsStuck(TimeSpan.FromMilliseconds(20)), TimeSpan.FromSeconds(10)));
        gate.SetResult();
        await asked;

        Assert.Equal((false, false, true), (before, soon, late));
    }
}
