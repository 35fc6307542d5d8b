using System.Globalization;
using ClosedXML.Excel;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Record.Core;
using Record.Core.Audit;
using Reporting.BoardPack;
using Reporting.Deployment;
using Reporting.Figures;
using Reporting.Pathways;
using Reporting.Residents;
using Testing;
using Xunit;

namespace Reporting.Tests;

/// <summary>The board pack counts what is in the record, marks what is simulated for good, and never lets text become a formula.</summary>
public sealed class BoardPackTests : IAsyncLifetime
{
    private readonly PostgresDatabase database = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 6, 20, 9, 0, 0, TimeSpan.Zero));
    private NpgsqlDataSource? source;
    private AuditLog? audit;

    private Access Board { get; } = new("board.member", "board-member", "QH8", "HOPERAT", "test", Guid.CreateVersion7());

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        source = NpgsqlDataSource.Create(database.As("reporting"));
        audit = new AuditLog(source, clock);
    }

    public async Task DisposeAsync()
    {
        await audit!.DisposeAsync();
        await source!.DisposeAsync();
        await database.DisposeAsync();
    }

    private BoardPacks Packs()
    {
        var configuration = BoardConfiguration.Read(Checkout.Config, new ReportingOptions());
        var builder = new ReportBuilder(new ClockStore(source!), new ResidentStore(source!), new FeedStore(source!), configuration);
        return new BoardPacks(new Reports(builder, new FigureStore(source!), audit!, clock));
    }

    private async Task<(string Name, XLWorkbook Workbook)> Pack()
    {
        var (name, content) = await Packs().Make(Board with { Request = Guid.CreateVersion7() }, CancellationToken.None);
        return (name, new XLWorkbook(new MemoryStream(content)));
    }

    private Task<object?> Discharge(string day, string outcome, bool simulated, string reading = "calendar-days") => database.Scalar(string.Create(CultureInfo.InvariantCulture, $"""
        insert into record.pathway_clock (rule, rule_version, reading, encounter, person, patient, team, organisation, started_at, due_at, closed_at, outcome, reason, simulated, evaluated_at)
        values ('mental-health-follow-up', 1, '{reading}', '{Guid.NewGuid()}', '{Guid.NewGuid()}', 'p', 'R1L-CMHT-BAS', 'R1L', '{day} 10:00Z', '{day} 10:00Z'::timestamptz + interval '3 days',
            {(outcome is "met" or "closed-late" ? $"'{day} 10:00Z'::timestamptz + interval '1 day'" : "null")}, '{outcome}', {(outcome is "excluded" ? "'discharged to: court'" : "null")}, {simulated}, now())
        """));

    [Fact]
    public async Task The_share_counts_those_whose_time_is_over_by_the_shifted_month_and_leaves_exclusions_out()
    {
        foreach (var outcome in (string[])["met", "met", "met", "closed-late", "breached-open", "excluded", "not-due"]) await Discharge("2026-05-12", outcome, false);
        await Discharge("2026-05-29", "breached-open", false); // belongs to June: discharges count four days later
        await Discharge("2026-04-28", "met", false); // belongs to May

        var (name, workbook) = await Pack();

        using (workbook)
        {
            Assert.DoesNotContain("SIMULATED", name, StringComparison.Ordinal);
            var rows = workbook.Worksheet("Pathway gaps").RowsUsed().ToList();
            string Cell(string title, int column) => rows.First(row => row.Cell(1).GetString() == title).Cell(column).GetFormattedString();
            Assert.Equal("6", Cell("Discharges due (denominator)", 3));
            Assert.Equal("4", Cell("Followed up in time", 3));
            Assert.Equal(66.7, rows.First(row => row.Cell(1).GetString() == "Followed up in time, of those due").Cell(3).GetDouble(), 1);
            Assert.Equal("1", Cell("Excluded", 3));
        }
    }

    [Fact]
    public async Task Simulated_data_marks_every_sheet_and_the_file_and_is_not_forgotten_when_it_is_gone()
    {
        await Discharge("2026-05-12", "met", true);
        var (first, workbook) = await Pack();
        await database.Scalar("delete from record.pathway_clock");
        var (second, later) = await Pack();

        using (workbook)
        using (later)
        {
            foreach (var (name, pack) in new[] { (first, workbook), (second, later) })
            {
                Assert.Contains("SIMULATED DATA", name, StringComparison.Ordinal);
                Assert.All(pack.Worksheets, sheet =>
                {
                    Assert.Contains("SIMULATED DATA", sheet.Cell(1, 1).GetString(), StringComparison.Ordinal);
                    Assert.Contains("SIMULATED DATA", sheet.PageSetup.Header.Center.GetText(XLHFOccurrence.OddPages), StringComparison.Ordinal);
                });
            }
        }
    }

    [Fact]
    public async Task Claims_stand_with_status_and_source_and_none_is_added_to_another()
    {
        var (_, workbook) = await Pack();

        using (workbook)
        {
            var rows = workbook.Worksheet("Claims").RowsUsed().Select(row => row.Cells(1, 7).Select(cell => cell.GetString()).ToList()).ToList();
            string StatusOf(string value) => rows.First(row => row[2] == value)[3];
            Assert.Equal(("superseded", "provisional", "provisional"), (StatusOf("March 2025"), StatusOf("£36m"), StatusOf("£27m")));
            Assert.Contains(rows, row => row[2] == "over 10");
            Assert.Contains(rows, row => row[2] == "3");
            Assert.Contains(rows, row => row[2] == "7");
            Assert.Contains(rows, row => row.Any(text => text.Contains("without saying which parts", StringComparison.Ordinal)));
            Assert.DoesNotContain(rows, row => row.Any(text => text.Contains("£63m", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Every_source_system_of_the_programme_has_a_row_also_one_that_never_sent()
    {
        await database.Scalar("""
            insert into record.message (source, control_id, trigger, event_time, received_at, state, digest, body)
            values ('basildon-pas', 'x-1', 'A01', '2026-06-20 07:30Z', '2026-06-20 07:30Z', 'mapped', '\x01', '\x01')
            """);

        var (_, workbook) = await Pack();

        using (workbook)
        {
            var rows = workbook.Worksheet("Deployment").RowsUsed().Where(row => row.Cell(4).GetString() is "hl7v2" or "fhir").ToDictionary(row => row.Cell(1).GetString(), row => (row.Cell(5).GetString(), row.Cell(8).GetDouble()));
            Assert.Equal(10, rows.Count);
            Assert.Equal(("Silent: we cannot see", 1d), rows["Basildon patient administration"]);
            Assert.Equal(("Not connected", 0d), rows["Community nursing"]);
        }
    }

    [Theory]
    [InlineData("=1+1")]
    [InlineData("@SUM(A1)")]
    [InlineData("  +441632")]
    public void Text_that_looks_like_a_formula_stays_text(string text) => Assert.True(SafeText.LooksLikeFormula(text));

    [Fact]
    public async Task The_reporting_role_reads_no_body_and_no_clock_row()
    {
        foreach (var table in (string[])["record.resource", "record.resource_history", "record.message", "record.pathway_clock", "record.audit"])
        {
            await using var command = source!.CreateCommand($"select * from {table} limit 1");
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }
}
