using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Record.Core.Feeds;
using Record.Core.Feeds.Files;
using Record.Core.Organisations;
using Record.Worker.Feeds;
using Testing;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>CSV with a declared mapping: a system is plugged in by one file, a bad row keeps no other out, half a file is not read.</summary>
public class FileTests(PluggedIn other) : IClassFixture<PluggedIn>
{
    private const string Heading = "Client;NHS No;NHS status;Surname;Forenames;Born;Sex;Contact;Start;End;Place;Outcome;Reason";
    private readonly FeedRecord feeds = other.Feeds;

    private FileIntake Intake => new(feeds.Inbox, feeds.Record.Clock);

    private async Task<FileReport> Take(params string[] rows)
    {
        var taken = await Intake.Take(feeds.System.Source("health-visits")!, Encoding.UTF8.GetBytes(string.Join("\r\n", [Heading, .. rows])), CancellationToken.None);
        Assert.True(taken.TryGet(out var report, out var error), error?.Detail);
        return report;
    }

    private async Task<System.Text.Json.Nodes.JsonObject> Read(string type, string local)
    {
        var found = await feeds.Record.Store.Read(feeds.Record.Machine, type, SourceIds.Of("health-visits", type, local), CancellationToken.None);
        Assert.True(found.TryGet(out var resource, out var error), error?.Detail);
        return resource.Json();
    }

    [Fact]
    public async Task Rows_become_patients_and_contacts_and_the_same_file_again_changes_nothing()
    {
        string[] rows = ["C1;999 000 0018;verified;\"O'Neil; Smith\";Zoë Ann;01/02/1980;2;K1;04/01/2026 10:00;04/01/2026 10:30;HV;Seen;\"She said \"\"fine\"\"\"", "C2;;;Jones;Bo;03/04/2019;1;K2;04/01/2026 11:00;;HV;DNA;"];

        var first = await Take(rows);
        var again = await Take(rows);
        await feeds.Settle();

        Assert.Equal((2, 2, 0, 0), (first.Rows, first.Taken, first.Repeated, first.Refused.Count));
        Assert.Equal((2, 0, 2), (again.Rows, again.Taken, again.Repeated));
        var patient = await Read("Patient", "C1");
        Assert.Equal("O'Neil; Smith", patient["name"]![0]!["family"]!.GetValue<string>());
        Assert.Equal(("female", "1980-02-01"), (patient["gender"]!.GetValue<string>(), patient["birthDate"]!.GetValue<string>()));
        Assert.Equal("01", patient["identifier"]![1]!["extension"]![0]!["valueCodeableConcept"]!["coding"]![0]!["code"]!.GetValue<string>());
        var seen = await Read("Encounter", "K1");
        Assert.Equal(("finished", "She said \"fine\""), (seen["status"]!.GetValue<string>(), seen["reasonCode"]![0]!["text"]!.GetValue<string>()));
        Assert.Equal("2026-01-04T10:00:00+00:00", seen["period"]!["start"]!.GetValue<string>());
        Assert.Equal("cancelled", (await Read("Encounter", "K2"))["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_bad_row_is_reported_by_line_and_column_and_the_rest_goes_in()
    {
        var report = await Take(
            "B1;;;Good;A;01/02/1980;1;;;;;;",
            "B2;123;;Bad;A;1980-02-01;X;;;;;;",
            ";;;Nobody;A;01/02/1980;1;;;;;;",
            "B4;;;Short;A",
            "B5;;;Late;A;01/02/1980;1;KB5;04/01/2026 10:00;04/01/2026 09:00;NOWHERE;Seen;",
            "B6;;;Last;A;01/02/1980;2;;;;;;");
        await feeds.Settle();

        Assert.Equal((6, 2), (report.Rows, report.Taken));
        Assert.Equal([3, 4, 5, 6], report.Refused.Select(row => row.Line));
        Assert.Equal(["Sex", "NHS No", "Born"], report.Refused[0].Faults.Select(fault => fault.Column));
        Assert.Equal(["Client"], report.Refused[1].Faults.Select(fault => fault.Column));
        Assert.Equal("row", report.Refused[2].Faults[0].Column);
        Assert.Equal(["End", "Place"], report.Refused[3].Faults.Select(fault => fault.Column));
        Assert.Equal("Last", (await Read("Patient", "B6"))["name"]![0]!["family"]!.GetValue<string>());
        Assert.Equal(4L, await feeds.Record.Database.Scalar("select count(*) from record.message where source = 'health-visits' and state = 'refused' and reason like 'line %'"));
    }

    [Fact]
    public async Task A_file_without_a_needed_column_is_refused_whole()
    {
        var taken = await Intake.Take(feeds.System.Source("health-visits")!, "Client;Surname\r\nX;Y"u8.ToArray(), CancellationToken.None);

        Assert.False(taken.TryGet(out _, out var error));
        Assert.Contains("NHS No", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_written_files_are_not_read_and_whole_ones_move_away_with_their_report()
    {
        var root = Directory.CreateTempSubdirectory("mse-epr-drop-");
        var folder = root.CreateSubdirectory("health-visits");
        using var drop = new FileDrop(Options.Create(new FileDropOptions { Directory = root.FullName }), feeds.System, Intake, NullLogger<FileDrop>.Instance);
        var whole = Path.Combine(folder.FullName, "a.csv");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "b.csv.tmp"), Heading);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, ".c.csv"), Heading);
        await File.WriteAllTextAsync(whole, $"{Heading}\nD1;;;Drop;A;01/02/1980;1;;;;;;\n");

        var first = await drop.LookOnce(CancellationToken.None); // it may still grow
        await File.AppendAllTextAsync(whole, "D2;;;Drop;B;01/02/1980;1;;;;;;\n");
        var second = await drop.LookOnce(CancellationToken.None); // it has grown
        var third = await drop.LookOnce(CancellationToken.None);

        Assert.Equal((0, 0, 1), (first, second, third));
        Assert.False(File.Exists(whole));
        Assert.Contains("\"taken\":2", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "done", "a.csv.report.json")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.FullName, "b.csv.tmp")));
        root.Delete(true);
    }

    [Fact]
    public async Task A_second_care_system_with_other_trusts_runs_by_configuration_alone()
    {
        var (receipt, ack) = await feeds.Send("""
            MSH|^~\&|PAS|RXX01|||20260104101500||ADT^A01|o-1|P|2.5.1
            EVN|A01|20260104101500
            PID|1||P1^^^other-pas^PI~9990000018^^^NHS^NH||O'NEIL^Zoe||19800201|F||||||||||||||||||||||||01
            PV1|1|I|WARD1||||||||||||||||V1
            """);
        await Take("C9;999 000 0018;verified;O'Neil;Zoe;01/02/1980;2;K9;04/01/2026 12:00;;HV;Seen;");
        await feeds.Settle();

        Assert.Null(receipt.Reason);
        Assert.Contains("MSA|AA|o-1", ack, StringComparison.Ordinal);
        var (pas, visits) = (SourceIds.Of("other-pas", "Patient", "P1"), SourceIds.Of("health-visits", "Patient", "C9"));
        var links = await feeds.Record.Links.PersonsOf(feeds.Record.System, [pas, visits], CancellationToken.None);
        Assert.Single(links.Select(link => link.Person).Distinct());
        Assert.Equal("Organization/RYY", (await Read("Encounter", "K9"))["serviceProvider"]!["reference"]!.GetValue<string>());
    }

    [Fact]
    public void An_eleventh_source_is_one_file_and_a_wrong_one_says_what_to_mend()
    {
        var folder = Directory.CreateTempSubdirectory("mse-epr-eleventh-");
        foreach (var file in Directory.GetFiles(Checkout.Config, "*.yaml", SearchOption.AllDirectories).Where(f => !f.Contains("pathways", StringComparison.Ordinal)))
        {
            var copy = new FileInfo(Path.Combine(folder.FullName, Path.GetRelativePath(Checkout.Config, file)));
            copy.Directory!.Create();
            File.Copy(file, copy.FullName);
        }

        var before = CareSystemReader.Read(folder.FullName);
        var eleventh = Path.Combine(folder.FullName, "sources", "eleventh.yaml");
        File.WriteAllText(eleventh, "code: eleventh\nname: Eleventh\norganisation: RAJ\nsetting: acute\nprotocol: csv\nidentifierSystem: https://example.org/Id/eleventh\nfile: { columns: { patientId: Id, colour: Colour } }\n");
        var wrong = CareSystemReader.Read(folder.FullName);
        File.WriteAllText(eleventh, File.ReadAllText(eleventh).Replace(", colour: Colour", "", StringComparison.Ordinal));

        Assert.True(before.TryGet(out var ten, out _));
        Assert.False(wrong.TryGet(out _, out var error));
        Assert.Contains("sources/eleventh.yaml: file: 'colour' is not one of", error.Detail, StringComparison.Ordinal);
        Assert.True(CareSystemReader.Read(folder.FullName).TryGet(out var eleven, out _));
        Assert.Equal(ten.Sources.Count + 1, eleven.Sources.Count);
        folder.Delete(true);
    }
}
