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

    [Theory]
    [InlineData("febrl-1-2.zip", "dataset2", 0.95)]
    [InlineData("splink-fake1000.zip", "fake_1000", 0.80)]
    [InlineData("splink-historical-uk-fifth.zip", "historical_figures", 0.55)]
    public void Weights_estimated_on_one_half_of_the_people_hold_on_the_other(string file, string name, double recall)
    {
        var set = LinkageSet.ReadAll(Path.Combine(Data, "linkage", file)).Single(set => set.Name == name);
        var weights = LinkageRun.Of(Half(set, 0).Subjects, new LinkageOptions()).Rules.Weights;
        var other = Half(set, 1);

        var result = LinkageResult.Of(other, LinkageRun.Of(other.Subjects, new LinkageOptions(), weights));

        Assert.True(result.Precision.Value >= 0.995, $"precision {result.Precision}");
        Assert.True(result.Recall.Value >= recall, $"recall {result.Recall}");
    }

    // People whom nobody tuned for: families, namesakes, twins, six kinds of names, and up to three times the usual errors.
    [Theory]
    [InlineData(1.0, 0.95)]
    [InlineData(2.0, 0.92)]
    [InlineData(3.0, 0.88)]
    public void Invented_people_are_linked_rightly_however_many_errors_there_are(double errors, double recall)
    {
        var set = new InventedRecords(20260101, errors).Set("invented", 6_000);

        var result = LinkageResult.Of(set, LinkageRun.Of(set.Subjects, new LinkageOptions()));

        Assert.True(result.Precision.Value >= 0.995, $"precision {result.Precision}");
        Assert.True(result.Recall.Value >= recall, $"recall {result.Recall}");
        Assert.All(result.ByGroup, group => Assert.True(group.Precision.Interval.High >= 0.995, $"{group.Group}: precision {group.Precision}"));
        Assert.Contains(result.ByGroup, group => group.Group == "ethnicity: Chinese");
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

    private static LinkageSet Half(LinkageSet set, int half)
    {
        var people = set.Truth.Distinct().Order(StringComparer.Ordinal).Index().ToDictionary(person => person.Item, person => person.Index % 2);
        var there = Enumerable.Range(0, set.Subjects.Count).Where(record => people[set.Truth[record]] == half).ToList();
        return new(set.Name, [.. there.Select(record => set.Subjects[record])], [.. there.Select(record => set.Truth[record])], [.. there.Select(record => set.Groups[record])]);
    }

    private static string Data => Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");

    private static List<string> Groups(IReadOnlyList<int> personOf) =>
        [.. Enumerable.Range(0, personOf.Count).GroupBy(i => personOf[i]).Select(group => string.Join(' ', group.Order())).Order(StringComparer.Ordinal)];
}
