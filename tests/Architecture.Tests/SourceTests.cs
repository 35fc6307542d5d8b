using System.Text.RegularExpressions;
using Xunit;

namespace Architecture.Tests;

/// <summary>Rules of the source that a compiler does not know: STYLE section 3.</summary>
public partial class SourceTests
{
    private static readonly string[] Products = ["Record.Core", "Record.Api", "Record.Worker", "Reporting", "Record.Web", "Identity", "Simulator", "ServiceDefaults", "Record.Migrations"];

    public static TheoryData<string> Files => [.. Products.SelectMany(Repository.Sources).Select(file => Path.GetRelativePath(Repository.Root, file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Only_stores_speak_SQL(string file)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, file));
        if (!Statement().IsMatch(text)) return;

        Assert.Matches(@"(Store|Writer|Cursor|Sql|Log|Migrator|Queue|Figures|IdentityDatabase)\.cs$", file);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void No_name_hides_what_a_type_does(string file) =>
        Assert.DoesNotMatch(@"(Manager|Helper|Helpers|Util|Utils|Processor|Impl|Dto)\.cs$", file);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_holds_at_most_three_hundred_lines(string file) =>
        Assert.InRange(File.ReadLines(Path.Combine(Repository.Root, file)).Count(), 1, 300);

    [GeneratedRegex("\"\"\"\\s*(select|insert into|update|delete from|copy)\\s|= \"(select|insert into|update|delete from) ")]
    private static partial Regex Statement();
}
