using Record.Core.Feeds.Mapping;
using Testing;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>docs/feeds/hl7v2-mapping.md is written by the code that maps.</summary>
public class MappingTableTests
{
    [Fact]
    public void The_table_in_docs_is_what_the_code_does()
    {
        var written = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "feeds", "hl7v2-mapping.md"));

        Assert.True(MappingTable.Markdown() == written, "Out of date. Type: dotnet run --project Record.Worker -- mapping-table > docs/feeds/hl7v2-mapping.md");
    }
}
