using System.Text.RegularExpressions;
using Xunit;

namespace Architecture.Tests;

/// <summary>Access is a parameter, not a filter: DESIGN section 4.</summary>
public partial class StoreTests
{
    public static TheoryData<string, string> Methods
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var file in Repository.Sources("Record.Core").Where(f => f.EndsWith("Store.cs", StringComparison.Ordinal)))
                foreach (Match method in PublicMethod().Matches(File.ReadAllText(file)))
                    data.Add(Path.GetFileName(file), method.Value.ReplaceLineEndings(" "));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_public_store_method_takes_Access(string store, string method) =>
        Assert.True(method.Contains("Access access", StringComparison.Ordinal) || method.Contains("RecordTransaction transaction", StringComparison.Ordinal), $"{store}: {method}");

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_public_asynchronous_store_method_can_be_cancelled(string store, string method) =>
        Assert.True(method.Contains("CancellationToken cancellation", StringComparison.Ordinal), $"{store}: {method}");

    [GeneratedRegex(@"public (?:static )?(?:async )?Task[^;{]*?\)")]
    private static partial Regex PublicMethod();
}
