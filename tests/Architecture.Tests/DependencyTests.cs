using Xunit;

namespace Architecture.Tests;

/// <summary>Who may use whom: DESIGN section 2.</summary>
public class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["AppHost"] = ["AppHost.Local"],
        ["AppHost.Local"] = [],
        ["ServiceDefaults"] = [],
        ["Record.Core"] = [],
        ["Record.Migrations"] = ["Record.Core", "ServiceDefaults"],
        ["Record.Api"] = ["Record.Core", "ServiceDefaults"],
        ["Record.Worker"] = ["Record.Core", "ServiceDefaults"],
        ["Reporting"] = ["Record.Core", "ServiceDefaults"],
        ["Record.Web"] = ["ServiceDefaults"],
        ["Identity"] = ["ServiceDefaults"],
        ["Simulator"] = [],
        ["Definitions"] = [],
    };

    public static TheoryData<string> Products => [.. Repository.Projects.Keys.Where(name => name is not ("Testing" or "bench") && !name.EndsWith(".Tests", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Products))]
    public void A_project_uses_only_what_it_may(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"{project} is not listed: say whom it may use.");

        Assert.Empty(Repository.Projects[project].Except(Allowed[project]));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "MseEpr.sln"));

        Assert.All(Repository.Projects.Keys, name => Assert.Contains($"{name}.csproj", solution, StringComparison.Ordinal));
    }
}
