using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using Testing;
using Xunit;

namespace Stack.Tests;

/// <summary>Audit of the whole stack: every request that touched a patient has its row, also when the API is killed under load.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private readonly RunningAppHost stack = new();
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(20) };

    public Task InitializeAsync() => stack.Start("--Simulator:Patients=20");

    public async Task DisposeAsync()
    {
        http.Dispose();
        await stack.DisposeAsync();
    }

    // What a service was started with: its own role's connection to the database among it.
    private Dictionary<string, string> Environment(string program)
    {
        var id = stack.Children().First(child => File.ReadAllText($"/proc/{child}/cmdline").Contains(program, StringComparison.Ordinal));
        return File.ReadAllText($"/proc/{id}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
    }

    private async Task<Dictionary<Guid, List<(string Outcome, int Patients)>>> Rows()
    {
        await using var database = NpgsqlDataSource.Create(Environment("Record.Worker.dll")["ConnectionStrings__record"]);
        await using var command = database.CreateCommand("select request, outcome, cardinality(patients) from record.audit");
        var rows = new Dictionary<Guid, List<(string, int)>>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            if (!rows.TryGetValue(row.GetGuid(0), out var of)) rows[row.GetGuid(0)] = of = [];
            of.Add((row.GetString(1), row.GetInt32(2)));
        }

        return rows;
    }

    private async Task<(Guid Request, HttpStatusCode Status, string Body)> Ask(HttpMethod method, string service, string path, string? token, object? body = null)
    {
        var request = Guid.NewGuid();
        using var message = new HttpRequestMessage(method, new Uri(stack.Addresses[service], path));
        if (token is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        message.Headers.Add("X-Request-ID", request.ToString());
        if (body is string text) message.Content = new StringContent(text, Encoding.UTF8, "application/fhir+json");
        else if (body is not null) message.Content = JsonContent.Create(body);
        using var answer = await http.SendAsync(message);
        return (request, answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Every_request_of_every_user_to_every_service_has_its_row_and_the_audit_is_whole()
    {
        await stack.SendV2("""
            MSH|^~\&|basildon-pas|RAJ|MSE-RECORD|MSE|20260104101500||ADT^A01|audit-1|P|2.4|||AL|NE|GBR|UNICODE UTF-8
            EVN|A01|20260104101500||||20260104101500
            PID|1||AUDIT1^^^basildon-pas^PI~9990000018^^^NHS^NH||AUDITED^Anna||19800201|F||||||||||||||||||||||||01
            PV1|1|I|AMU||||||||||||||||AUDIT-V1
            """);
        var doctor = await stack.Token("acute.doctor");
        var person = await RunningAppHost.Until(async () =>
        {
            var found = await Ask(HttpMethod.Post, "record-api", "people/_search", doctor, new { nhsNumber = "9990000018" });
            return found.Status == HttpStatusCode.OK && JsonDocument.Parse(found.Body).RootElement.GetProperty("people") is { } people && people.GetArrayLength() == 1 ? people[0].GetProperty("id").GetString() : null;
        }, "the person");
        var patient = JsonDocument.Parse((await Ask(HttpMethod.Get, "record-api", "fhir/Patient?identifier=9990000018", doctor)).Body).RootElement.GetProperty("entry")[0].GetProperty("resource").GetProperty("id").GetString();

        var asked = new List<(string What, string User, Guid Request, HttpStatusCode Status)>();
        foreach (var user in (string[])["acute.doctor", "mh.nurse", "community.nurse", "service.manager", "privacy.acute", "feed.manager", "board.member", "programme.sro"])
        {
            var token = await stack.Token(user);
            foreach (var (method, service, path, body) in Questions(person, patient!))
            {
                var (request, status, _) = await Ask(method, service, path, token, body);
                asked.Add(($"{method} {service} /{path}", user, request, status));
            }
        }

        var rows = await Rows();
        var verified = await Verify();

        Assert.Empty(asked.Where(one => !rows.ContainsKey(one.Request)).Select(one => $"{one.What} by {one.User}: {one.Status}"));
        Assert.Empty(asked.Where(one => one.Status == HttpStatusCode.Forbidden && rows[one.Request].All(row => row.Outcome == "success")).Select(one => $"{one.What} by {one.User}"));
        Assert.All(asked.Where(one => one.User == "acute.doctor" && one.Status == HttpStatusCode.OK && one.What.Contains(patient!, StringComparison.Ordinal)), one => Assert.Contains(rows[one.Request], row => row.Patients > 0));
        Assert.Contains(asked, one => one.Status == HttpStatusCode.Forbidden);
        Assert.DoesNotContain(asked, one => (int)one.Status >= 500);
        Assert.True(verified.Code == 0, verified.Said);
    }

    private static IEnumerable<(HttpMethod, string, string, object?)> Questions(string person, string patient)
    {
        var observation = $$$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{{patient}}}"}}""";
        var entry = $$$"""{"resource":{{{observation}}},"request":{"method":"POST","url":"Observation"}}""";
        foreach (var path in (string[])[$"people/{person}", "worklist", "identity/queue", "feeds", "feeds/basildon-pas", "feeds/basildon-pas/messages", "teams", "audit/events", $"audit/people/{person}", "audit/unusual",
            $"fhir/Patient/{patient}", $"fhir/Patient/{patient}/_history", $"fhir/Patient/{patient}/_history/1", $"fhir/Patient/{patient}/$everything", $"fhir/Patient/{patient}/Encounter",
            $"fhir/Encounter?patient={patient}", $"fhir/Encounter?patient={patient}&_include=Encounter:patient", $"fhir/Patient?_id={patient}&_revinclude=Encounter:patient", "fhir/Patient?family=audited", "fhir/_history?_count=5", "fhir/Patient/$meta"])
            yield return (HttpMethod.Get, "record-api", path, null);
        yield return (HttpMethod.Post, "record-api", "people/_search", new { nhsNumber = "9990000018" });
        yield return (HttpMethod.Post, "record-api", "referrals", new { person, to = "R1L-CMHT-BAS", reason = "audit" });
        yield return (HttpMethod.Post, "record-api", "tasks/none/complete", new { note = "x" });
        yield return (HttpMethod.Post, "record-api", "fhir/Observation", observation);
        yield return (HttpMethod.Put, "record-api", "fhir/Observation/audit-put", observation.Replace("\"status\"", "\"id\":\"audit-put\",\"status\"", StringComparison.Ordinal));
        yield return (HttpMethod.Delete, "record-api", "fhir/Observation/audit-put", null);
        foreach (var type in (string[])["batch", "transaction"]) yield return (HttpMethod.Post, "record-api", "fhir", $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{entry}},{{entry}}]}""");
        foreach (var path in (string[])["figures", "deployment", "claims", "board-packs/latest.xlsx"]) yield return (HttpMethod.Get, "reporting", path, null);
    }

    [Fact]
    public async Task An_API_killed_under_load_leaves_no_answered_read_without_its_row()
    {
        var token = await stack.Token();
        const string Body = """{"resourceType":"Patient","id":"load","name":[{"family":"Load"}]}""";
        Assert.Equal(HttpStatusCode.Created, (await Ask(HttpMethod.Put, "record-api", "fhir/Patient/load", token, Body)).Status);
        var (answered, dice) = (new ConcurrentBag<Guid>(), new Random(5));
        using var over = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 12).Select(lane => Task.Run(() => Read(lane, token, answered, over.Token))).ToList();
        for (var kill = 0; kill < 3; kill++)
        {
            var before = answered.Count;
            await RunningAppHost.Until(() => Task.FromResult(answered.Count > before + 200 ? "answers" : null), "answers under load");
            await Task.Delay(dice.Next(50, 600));
            Kill("Record.Api.dll");
        }

        var last = answered.Count;
        await RunningAppHost.Until(() => Task.FromResult(answered.Count > last + 200 ? "answers" : null), "answers after the last kill");
        await over.CancelAsync();
        await Task.WhenAll(readers);
        var rows = await Rows();

        Assert.True(answered.Count > 800, $"{answered.Count} answers");
        Assert.DoesNotContain(answered, request => !rows.TryGetValue(request, out var of) || of.All(row => row.Outcome != "success" || row.Patients == 0));
    }

    // Reads and searches in turn; an answer counts when its body has come whole.
    private async Task Read(int lane, string token, ConcurrentBag<Guid> answered, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                var (request, status, body) = await Ask(HttpMethod.Get, "record-api", lane % 3 == 0 ? "fhir/Patient?_id=load" : "fhir/Patient/load", token);
                if (status == HttpStatusCode.OK && body.Contains("Load", StringComparison.Ordinal)) answered.Add(request);
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException or TaskCanceledException)
            {
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    private void Kill(string what)
    {
        foreach (var id in stack.Children())
            if (File.Exists($"/proc/{id}/cmdline") && File.ReadAllText($"/proc/{id}/cmdline").Contains(what, StringComparison.Ordinal))
                using (var process = Process.GetProcessById(id)) process.Kill();
    }

    // The command as an operator types it, with the worker's own settings.
    private async Task<(int Code, string Said)> Verify()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var info = new ProcessStartInfo("dotnet", [Path.Combine(Checkout.Root, "Record.Worker", "bin", output.Parent!.Name, output.Name, "Record.Worker.dll"), "verify-audit"]) { RedirectStandardOutput = true };
        foreach (var (key, value) in Environment("Record.Worker.dll")) info.Environment[key] = value;
        using var process = Process.Start(info)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}
