using System.Globalization;
using System.Net;
using System.Text.Json;
using ClosedXML.Excel;
using Testing;
using Xunit;

namespace Stack.Tests;

/// <summary>One person from a message on a socket to a cell of the board's workbook, through the whole stack as a user starts it.</summary>
public sealed class JourneyTests : IAsyncLifetime
{
    private readonly RunningAppHost stack = new();

    public Task InitializeAsync() => stack.Start("--Simulator:Enabled=false");

    public async Task DisposeAsync() => await stack.DisposeAsync();

    [Fact]
    public async Task A_discharge_becomes_a_task_the_contact_closes_it_and_the_board_pack_counts_it()
    {
        Assert.All((string[])["postgres", "record-migrations", "identity", "record-api", "record-worker", "reporting", "record-web", "simulator"], name => Assert.Contains($"{name} ", stack.Said, StringComparison.Ordinal));
        var discharged = TimeProvider.System.GetUtcNow().AddHours(-20);

        Assert.Contains("MSA|CA|e2e-1", await stack.SendV2(Stay("e2e-1", "A01", discharged.AddDays(-9), null)), StringComparison.Ordinal);
        Assert.Contains("MSA|CA|e2e-2", await stack.SendV2(Stay("e2e-2", "A03", discharged, discharged)), StringComparison.Ordinal);

        var task = await RunningAppHost.Until(() => TaskOnWorklist(stack), "the task on the team's worklist");
        var person = task.GetProperty("person").GetString()!;
        Assert.Equal("not-due", task.GetProperty("outcome").GetString());
        Assert.Equal(["not-due", "not-due"], await Outcomes(person));
        Assert.Equal(1, await OpenNow());

        var contact = discharged.AddHours(19).Date == discharged.Date ? discharged.AddHours(19.9) : discharged.AddHours(19);
        Assert.Contains("MSA|CA|e2e-3", await stack.SendV2(Contact("e2e-3", contact)), StringComparison.Ordinal);
        await RunningAppHost.Until(async () => (await Outcomes(person)).Contains("met") ? "closed" : null, "the closed clock");

        Assert.Equal("met", (await Clock(person, "elapsed-hours")).GetProperty("outcome").GetString());
        Assert.Equal(0, await OpenNow());
    }

    [Fact]
    public async Task A_killed_service_is_restarted_a_stop_leaves_no_process_and_a_second_start_finds_the_data()
    {
        await stack.SendV2(Stay("kill-1", "A01", TimeProvider.System.GetUtcNow().AddDays(-2), null));
        var found = await RunningAppHost.Until(() => Person(stack), "the person");
        var children = stack.Children();

        using (var api = System.Diagnostics.Process.GetProcessById(children.Single(id => File.ReadAllText($"/proc/{id}/cmdline").Contains("Record.Api.dll", StringComparison.Ordinal)))) api.Kill();
        await RunningAppHost.Until(async () => stack.Said.Split("record-api ").Length >= 4 && await IsHealthy() ? "healthy" : null, "the restarted service");
        var before = stack.Children();
        var code = await stack.Stop("INT");

        Assert.Equal(0, code);
        Assert.All(children.Concat(before), id => Assert.False(RunningAppHost.Runs(id), $"process {id} is left"));
        await stack.Start("--Simulator:Enabled=false");
        Assert.Equal(found, await RunningAppHost.Until(() => Person(stack), "the person after a second start"));
    }

    [Fact]
    public async Task A_referral_as_FHIR_is_rejected_by_the_receiver_and_comes_back_to_the_sender()
    {
        await stack.SendV2(Stay("ref-1", "A01", TimeProvider.System.GetUtcNow().AddDays(-1), null));
        await RunningAppHost.Until(() => Person(stack), "the person");
        var bundle = await stack.Get("record-api", "fhir/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018", "acute.doctor");
        var patient = bundle.GetProperty("entry")[0].GetProperty("resource").GetProperty("id").GetString();
        using var opened = await stack.Send(HttpMethod.Post, "record-api", "access/break-glass", "acute.doctor", new { patient = $"Patient/{patient}", reason = "Assessment asked for by the ward" });
        using var posted = await stack.Send(HttpMethod.Post, "record-api", "fhir/ServiceRequest", "acute.doctor", $$"""
            {"resourceType":"ServiceRequest","status":"active","intent":"order","code":{"text":"Assessment on the ward"},"subject":{"reference":"Patient/{{patient}}"},
             "requester":{"reference":"Organization/RAJ-AMU-BAS"},"performer":[{"reference":"Organization/R1L-LIAISON-BAS"}]}
            """);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Created], [opened.StatusCode, posted.StatusCode]);

        var referral = await RunningAppHost.Until(() => Item("mh.nurse", "referral"), "the referral on the receiver's worklist");
        using var without = await stack.Send(HttpMethod.Post, "record-api", $"referrals/{referral}/reject", "mh.nurse", new { reason = "" });
        using var other = await stack.Send(HttpMethod.Post, "record-api", $"referrals/{referral}/accept", "community.nurse", new { });
        using var rejected = await stack.Send(HttpMethod.Post, "record-api", $"referrals/{referral}/reject", "mh.nurse", new { reason = "Known to another team" });
        using var again = await stack.Send(HttpMethod.Post, "record-api", $"referrals/{referral}/accept", "mh.nurse", new { });

        Assert.Equal([HttpStatusCode.UnprocessableEntity, HttpStatusCode.Forbidden, HttpStatusCode.NoContent, HttpStatusCode.Conflict], [without.StatusCode, other.StatusCode, rejected.StatusCode, again.StatusCode]);
        Assert.NotNull(await RunningAppHost.Until(() => Item("acute.doctor", "referral-rejected"), "the task at the sender"));
    }

    [Fact]
    public async Task Nobody_comes_in_without_a_token_and_each_role_only_where_it_belongs()
    {
        foreach (var (service, path, user, status) in new[]
        {
            ("record-api", "fhir/Patient", "nobody", HttpStatusCode.Unauthorized), ("record-api", "worklist", "nobody", HttpStatusCode.Unauthorized),
            ("record-api", "fhir/metadata", "nobody", HttpStatusCode.OK), ("record-api", "fhir/Patient", "board.member", HttpStatusCode.Forbidden),
            ("record-api", "feeds", "mh.nurse", HttpStatusCode.Forbidden), ("record-api", "feeds", "feed.manager", HttpStatusCode.OK),
            ("reporting", "figures", "nobody", HttpStatusCode.Unauthorized), ("reporting", "figures", "mh.nurse", HttpStatusCode.Forbidden), ("reporting", "figures", "board.member", HttpStatusCode.OK),
            ("record-api", "health", "nobody", HttpStatusCode.OK), ("record-worker", "alive", "nobody", HttpStatusCode.OK), ("status page", "", "nobody", HttpStatusCode.OK),
        })
        {
            using var answer = await stack.Send(HttpMethod.Get, service, path, user);
            Assert.True(status == answer.StatusCode, $"{user} at {service}/{path}: {answer.StatusCode}");
        }
    }

    private static string Stay(string control, string trigger, DateTimeOffset at, DateTimeOffset? discharged) => $"""
        MSH|^~\&|mh-inpatients|R1L|MSE-RECORD|MSE|{Time(at)}||ADT^{trigger}^ADT_A01|{control}|P|2.4|||AL|NE|GBR|UNICODE UTF-8
        EVN|{trigger}|{Time(at)}||||{Time(at)}
        PID|1||E2E1^^^mh-inpatients^PI~9990000018^^^NHS^NH||TESTER^Una||19790105|F|||1 Test Street^^Basildon^^SS14 1AA^GBR^H||01632 960888|||||||||||||||||||01
        {Pv1((2, "I"), (3, "CEDAR^^^R1L"), (19, "E2E-STAY"), (36, discharged is null ? "" : "19"), (45, discharged is null ? "" : Time(discharged.Value)))}
        """;

    private static string Contact(string control, DateTimeOffset at) => $"""
        MSH|^~\&|mh-community|R1L|MSE-RECORD|MSE|{Time(at)}||ADT^A04^ADT_A01|{control}|P|2.4|||AL|NE|GBR|UNICODE UTF-8
        EVN|A04|{Time(at)}||||{Time(at)}
        PID|1||C77^^^mh-community^PI~9990000018^^^NHS^NH||TESTER^Una||19790105|F||||||||||||||||||||||||01
        {Pv1((2, "C"), (3, "CMHT-BAS^^^R1L"), (19, "E2E-CONTACT"), (44, Time(at)))}
        ZCT|5|01|R1L-CMHT-BAS
        """;

    private static string Pv1(params (int Place, string Text)[] fields)
    {
        var all = Enumerable.Repeat("", 46).ToArray();
        (all[0], all[1]) = ("PV1", "1");
        foreach (var (place, text) in fields) all[place] = text;
        return string.Join('|', all);
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "+0000";

    private static async Task<JsonElementBox?> TaskOnWorklist(RunningAppHost stack)
    {
        var items = (await stack.Get("record-api", "worklist?team=R1L-CMHT-BAS", "mh.nurse")).GetProperty("items");
        return items.EnumerateArray().Where(item => item.GetProperty("nhsNumber").GetString() == "9990000018").Select(item => new JsonElementBox(item)).FirstOrDefault();
    }

    private static async Task<string?> Person(RunningAppHost stack)
    {
        using var answer = await stack.Send(HttpMethod.Post, "record-api", "people/_search", "mh.nurse", new { nhsNumber = "9990000018" });
        if (!answer.IsSuccessStatusCode) return null;
        var people = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("people");
        return people.GetArrayLength() == 1 ? people[0].GetProperty("id").GetString() : null;
    }

    private async Task<string?> Item(string user, string kind)
    {
        var items = (await stack.Get("record-api", "worklist", user)).GetProperty("items");
        return items.EnumerateArray().Where(item => item.GetProperty("kind").GetString() == kind).Select(item => item.GetProperty("task").GetString()).FirstOrDefault();
    }

    private async Task<bool> IsHealthy()
    {
        using var answer = await stack.Send(HttpMethod.Get, "status page", "health", "nobody");
        return answer.IsSuccessStatusCode;
    }

    private async Task<JsonElement> Clock(string person, string reading) =>
        (await stack.Get("record-api", $"people/{person}", "mh.nurse")).GetProperty("clocks").EnumerateArray().Single(clock => clock.GetProperty("reading").GetString() == reading);

    private async Task<string[]> Outcomes(string person) =>
        [.. (await stack.Get("record-api", $"people/{person}", "mh.nurse")).GetProperty("clocks").EnumerateArray().Select(clock => clock.GetProperty("outcome").GetString()!)];

    // The cell "72 elapsed hours: open now, not due" of the pack's first sheet.
    private async Task<double> OpenNow()
    {
        using var answer = await stack.Send(HttpMethod.Get, "reporting", "board-packs/latest.xlsx", "board.member");
        Assert.Contains("SIMULATED DATA", answer.Content.Headers.ContentDisposition!.FileNameStar!, StringComparison.Ordinal);
        using var workbook = new XLWorkbook(await answer.Content.ReadAsStreamAsync());
        Assert.All(workbook.Worksheets, sheet => Assert.Contains("SIMULATED DATA", sheet.Cell(1, 1).GetString(), StringComparison.Ordinal));
        var row = workbook.Worksheet("Summary").RowsUsed().Single(row => row.Cell(1).GetString() == "Open now, not due" && row.Cell(2).GetString() == "72 elapsed hours");
        return row.Cell(3).GetDouble();
    }

    private sealed record JsonElementBox(JsonElement Element)
    {
        public JsonElement GetProperty(string name) => Element.GetProperty(name);
    }
}
