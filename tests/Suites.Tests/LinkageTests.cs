using Record.Core.Identity.Evaluation;
using Record.Core.Identity.Matching;
using Testing;
using Xunit;

namespace Suites.Tests;

/// <summary>
/// Sets that nobody here wrote (FEBRL 1 and 2, splink's fake 1000, splink's historical figures), linked from nothing with weights
/// estimated from each set; measured on pairs after closure into persons. Thresholds and rules are the product's own.
/// </summary>
public sealed class LinkageTests
{
    [Theory]
    [InlineData("febrl-1-2.zip", "dataset1", 0.95, 0.98, 0.15)]
    [InlineData("febrl-1-2.zip", "dataset2", 0.95, 0.98, 0.15)]
    [InlineData("splink-fake1000.zip", "fake_1000", 0.80, 0.90, 0.15)]
    [InlineData("splink-historical-uk-fifth.zip", "historical_figures", 0.55, 0.75, 0.35)]
    public void Links_are_right_and_few_are_missed(string file, string name, double recall, double withReview, double inReview)
    {
        var set = LinkageSet.ReadAll(Path.Combine(Data, "linkage", file)).Single(set => set.Name == name);

        var result = LinkageResult.Of(set, LinkageRun.Of(set.Subjects, new LinkageOptions()));

        Assert.True(result.Precision.Value >= 0.995, $"precision {result.Precision}");
        Assert.True(result.Recall.Value >= recall, $"recall {result.Recall}");
        Assert.True(result.RecallWithReview.Value >= withReview, $"recall with review {result.RecallWithReview}");
        Assert.True(result.InReview.Value <= inReview, $"in review {result.InReview}");
    }

    [Fact]
    public void The_same_set_gives_the_same_persons_in_any_order()
    {
        var set = LinkageSet.ReadAll(Path.Combine(Data, "linkage", "febrl-1-2.zip")).Single(set => set.Name == "dataset1");
        var weights = LinkageRun.Of(set.Subjects, new LinkageOptions()).Rules.Weights;
        var turned = set.Subjects.Reverse().ToList();

        var first = LinkageRun.Of(set.Subjects, new LinkageOptions(), weights).PersonOf;
        var second = LinkageRun.Of(turned, new LinkageOptions(), weights).PersonOf.Reverse().ToList();

        Assert.Equal(Groups(first), Groups(second));
    }

    private static string Data => Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");

    private static List<string> Groups(IReadOnlyList<int> personOf) =>
        [.. Enumerable.Range(0, personOf.Count).GroupBy(i => personOf[i]).Select(group => string.Join(' ', group.Order())).Order(StringComparer.Ordinal)];
}
