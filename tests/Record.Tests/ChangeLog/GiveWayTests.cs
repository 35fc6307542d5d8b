using Microsoft.Extensions.Time.Testing;
using Record.Core.ChangeLog;
using Xunit;

namespace Record.Tests.ChangeLog;

/// <summary>Background work rests while many senders wait for their acknowledgements, and only then.</summary>
public class GiveWayTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private readonly FakeTimeProvider clock = new();

    private GiveWay After(int count, TimeSpan between, TimeSpan took)
    {
        var giveWay = new GiveWay(clock);
        for (var i = 0; i < count; i++)
        {
            clock.Advance(between);
            giveWay.Answered(took);
        }

        return giveWay;
    }

    [Fact]
    public void It_rests_longer_than_it_worked_while_a_thousand_a_second_wait_too_long()
    {
        var rest = After(3000, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20)).After(Step);

        Assert.InRange(rest, Step * 2, Step * 4);
    }

    [Theory]
    [InlineData(1, 2)] // many, but they are answered soon
    [InlineData(4, 20)] // slow, but few: mapping must keep up with these
    public void It_does_not_rest_where_few_come_or_they_are_answered_soon(int between, int took)
    {
        var giveWay = After(3000, TimeSpan.FromMilliseconds(between), TimeSpan.FromMilliseconds(took));

        Assert.False(giveWay.IsAsked);
        Assert.Equal(TimeSpan.Zero, giveWay.After(Step));
    }

    [Fact]
    public void It_goes_on_when_nobody_has_waited_for_a_moment()
    {
        var giveWay = After(3000, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20));

        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.Zero, giveWay.After(Step));
    }
}
