using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Record.Api.Tests.Audit;

/// <summary>The audit as AuditEvents by IHE's Basic Audit Log Patterns (https://profiles.ihe.net/ITI/BALP/), for privacy officers.</summary>
public sealed class AuditEventTests(RecordApi api) : IClassFixture<RecordApi>
{
    private static readonly Random Dice = new();

    private int users;

    // Of the 999 range, with its check digit.
    private static string NewNhsNumber()
    {
        while (true)
        {
            var digits = $"999{Dice.Next(1_000_000):000000}";
            var check = (11 - Enumerable.Range(0, 9).Sum(i => (digits[i] - '0') * (10 - i)) % 11) % 11;
            if (check < 10) return $"{digits}{check}";
        }
    }

    // A person with a record in each trust, and one known to R1L alone.
    private async Task<(string Acute, string Mental, string Other, Guid Person)> People(string? number = null)
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        var (acute, mental, other) = ($"acute-{mark}", $"mental-{mark}", $"other-{mark}");
        foreach (var id in (string[])[acute, mental, other])
            await api.Put($"/Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}","name":[{"family":"Seen","given":["{{id}}"]}],"birthDate":"1970-01-01","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"{{number ?? NewNhsNumber()}}"}]}""");
        foreach (var id in (string[])[acute, mental, other]) // on the caseload of those who look
            await api.Put($"/EpisodeOfCare/care-{id}", $$$"""{"resourceType":"EpisodeOfCare","id":"care-{{{id}}}","status":"active","patient":{"reference":"Patient/{{{id}}}"},"managingOrganization":{"reference":"Organization/R1L"}}""");
        var (person, alone) = (Guid.NewGuid(), Guid.NewGuid());
        await api.Database.Scalar($"""
            insert into record.person values ('{person}', now()), ('{alone}', now());
            insert into record.link (id, patient, person, method, decided_by, decided_at) values (gen_random_uuid(), '{acute}', '{person}', 'own', 't', now()), (gen_random_uuid(), '{mental}', '{person}', 'own', 't', now()), (gen_random_uuid(), '{other}', '{alone}', 'own', 't', now());
            insert into record.match_subject (patient, features, keys, organisation) values ('{acute}', '{"{}"}', '{"{}"}', 'RAJ'), ('{mental}', '{"{}"}', '{"{}"}', 'R1L'), ('{other}', '{"{}"}', '{"{}"}', 'R1L');
            """);
        return (acute, mental, other, person);
    }

    private string User() => $"nurse-{Interlocked.Increment(ref users)}-{Guid.NewGuid():N}";

    private async Task<FhirResponse> As(string role, string user, string organisation, HttpMethod method, string path, string? body = null, string mediaType = "application/fhir+json")
    {
        using var request = new HttpRequestMessage(method, path.StartsWith("/fhir", StringComparison.Ordinal) || path.StartsWith("/audit", StringComparison.Ordinal) ? api.Base[..^5] + path : path);
        request.Headers.Authorization = new("Bearer", api.Issuer.Token(role, user, organisation: organisation));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, mediaType);
        return await api.Send(request);
    }

    private Task<FhirResponse> Nurse(string user, string path, HttpMethod? method = null, string? body = null) => As("mental-health-clinician", user, "R1L", method ?? HttpMethod.Get, path, body);

    private Task<FhirResponse> Officer(string organisation, string path) => As("privacy-officer", $"privacy.{organisation}", organisation, HttpMethod.Get, path);

    private async Task<List<JsonElement>> Events(string organisation, string query)
    {
        var answer = await Officer(organisation, "/fhir/AuditEvent?" + query);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return [.. answer.Json.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("resource"))];
    }

    private static string? Profile(JsonElement audit) => audit.TryGetProperty("meta", out var meta) ? meta.GetProperty("profile")[0].GetString()!.Split("IHE.BasicAudit.")[1] : null;

    private static string Code(JsonElement coded) => coded.TryGetProperty("coding", out var coding) ? coding[0].GetProperty("code").GetString()! : coded.GetProperty("code").GetString()!;

    private static JsonElement? Entity(JsonElement audit, string code) => audit.GetProperty("entity").EnumerateArray().Where(entity => Code(entity.GetProperty("type")) == code || entity.TryGetProperty("role", out var role) && Code(role) == code).Cast<JsonElement?>().FirstOrDefault();

    private static IEnumerable<string> PatientsOf(IEnumerable<JsonElement> events) => events.Select(audit => Entity(audit, "1")?.GetProperty("what").GetProperty("reference").GetString() ?? "");

    [Fact]
    public async Task Each_interaction_is_an_AuditEvent_of_its_pattern_that_FHIR_R4_validates()
    {
        var (_, mental, _, _) = await People();
        var user = User();
        var created = await Nurse(user, "/fhir/Observation", HttpMethod.Post, $$$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{{mental}}}"}}""");
        await Nurse(user, $"/fhir/Observation/{created.Id}");
        await Nurse(user, $"/fhir/Observation/{created.Id}/_history/1");
        await Nurse(user, $"/fhir/Observation/{created.Id}/_history");
        await Nurse(user, $"/fhir/Observation/{created.Id}", HttpMethod.Put, $$$"""{"resourceType":"Observation","id":"{{{created.Id}}}","status":"amended","code":{"text":"x"},"subject":{"reference":"Patient/{{{mental}}}"}}""");
        await Nurse(user, $"/fhir/Observation?patient={mental}");
        await Nurse(user, $"/fhir/Patient/{mental}/$everything");
        await Nurse(user, $"/fhir/Observation/{created.Id}", HttpMethod.Delete);
        await Nurse(user, "/fhir/Observation/never-there");
        await Nurse(user, "/fhir/Organization/never-there");

        var events = await Events("R1L", $"agent={user}");

        Assert.Equal(["PatientCreate", "PatientDelete", "PatientQuery", "PatientRead", "PatientRead", "PatientUpdate"], events.Select(Profile).OfType<string>().Order());
        Assert.Equal(11, events.Count); // the whole record is the person's: of both source patients
        foreach (var audit in events)
        {
            var valid = await api.Post("/AuditEvent/$validate", audit.GetRawText());
            Assert.True(valid.Status == HttpStatusCode.OK && !valid.Text.Contains("\"error\"", StringComparison.Ordinal), $"{audit} {valid.Text}");
        }
    }

    [Fact]
    public async Task An_event_says_who_in_which_role_for_whom_why_what_from_where_and_how_it_ended()
    {
        var (_, mental, _, _) = await People();
        var user = User();
        await Nurse(user, $"/fhir/Patient?_id={mental}");
        await Nurse(user, "/fhir/Patient/never-there");

        var events = await Events("R1L", $"agent={user}");

        var (missed, search) = (events[0], events[1]);
        var person = search.GetProperty("agent").EnumerateArray().Single(agent => agent.GetProperty("requestor").GetBoolean());
        Assert.Equal(user, person.GetProperty("who").GetProperty("identifier").GetProperty("value").GetString());
        Assert.Equal(("mental-health-clinician", "TREAT"), (Code(person.GetProperty("role")[0]), Code(person.GetProperty("purposeOfUse")[0])));
        Assert.Contains(search.GetProperty("agent").EnumerateArray(), agent => Code(agent.GetProperty("type")) == "UserOrganization" && agent.GetProperty("who").GetProperty("identifier").GetProperty("value").GetString() == "R1L");
        Assert.Contains(search.GetProperty("agent").EnumerateArray(), agent => Code(agent.GetProperty("type")) == "110153" && agent.GetProperty("network").GetProperty("address").GetString() == "127.0.0.1");
        Assert.Equal($"Patient?_id={mental}", Encoding.UTF8.GetString(Convert.FromBase64String(Entity(search, "24")!.Value.GetProperty("query").GetString()!)));
        Assert.Equal($"Patient/{mental}", Entity(search, "1")!.Value.GetProperty("what").GetProperty("reference").GetString());
        Assert.Equal(("0", "4"), (search.GetProperty("outcome").GetString(), missed.GetProperty("outcome").GetString()));
        Assert.Equal("fhir.not-found", missed.GetProperty("outcomeDesc").GetString());
        Assert.Null(Profile(missed));
    }

    [Fact]
    public async Task A_row_that_touched_several_patients_is_an_event_for_each_and_another_trust_sees_only_its_own()
    {
        var (acute, mental, other, _) = await People();
        var user = User();
        await Nurse(user, $"/fhir/Patient?_id={acute},{mental},{other}");
        await Nurse(user, "/fhir/Patient/nobody-at-all");

        var (employer, acutes, board) = (await Events("R1L", $"agent={user}"), await Events("RAJ", $"agent={user}"), await Events("QH8", $"agent={user}"));

        Assert.Equal(["", $"Patient/{acute}", $"Patient/{mental}", $"Patient/{other}"], PatientsOf(employer).Order());
        Assert.Equal([$"Patient/{acute}"], PatientsOf(acutes));
        Assert.Empty(board);
        Assert.Equal(HttpStatusCode.OK, (await Officer("RAJ", $"/fhir/AuditEvent/{acutes[0].GetProperty("id").GetString()}")).Status);
        var hidden = employer.Single(audit => PatientsOf([audit]).Single() == $"Patient/{mental}").GetProperty("id").GetString();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), ((await Officer("R1L", $"/fhir/AuditEvent/{hidden}")).Status, (await Officer("RAJ", $"/fhir/AuditEvent/{hidden}")).Status));
    }

    [Theory]
    [InlineData("action=R", 2)]
    [InlineData("action=E", 1)]
    [InlineData("action=http://hl7.org/fhir/audit-event-action|E", 1)]
    [InlineData("outcome=0", 2)]
    [InlineData("outcome=4", 1)]
    [InlineData("subtype=read", 2)]
    [InlineData("subtype=http://hl7.org/fhir/restful-interaction|search-type", 1)]
    [InlineData("entity=Patient/{mental}", 1)]
    [InlineData("patient={mental}", 2)]
    [InlineData("patient=Patient/{mental}", 2)]
    [InlineData("patient={acute}", 0)]
    [InlineData("agent-role=mental-health-clinician", 3)]
    [InlineData("agent-role=acute-clinician", 0)]
    [InlineData("address=127.0.0.1", 3)]
    [InlineData("address=10.9.9.9", 0)]
    [InlineData("date={today}", 3)]
    [InlineData("date=ge{today}&date=lt{tomorrow}", 3)]
    [InlineData("date=gt{today}", 0)]
    [InlineData("date=lt{today}", 0)]
    [InlineData("date=le{today}", 3)]
    [InlineData("date=2020", 0)]
    public async Task The_audit_is_searched_by_each_parameter(string query, int count)
    {
        var (acute, mental, _, _) = await People();
        var user = User();
        await Nurse(user, $"/fhir/Patient/{mental}");
        await Nurse(user, $"/fhir/Patient?_id={mental}");
        await Nurse(user, "/fhir/Patient/never-there");
        var today = TimeProvider.System.GetUtcNow().UtcDateTime;
        query = query.Replace("{mental}", mental, StringComparison.Ordinal).Replace("{acute}", acute, StringComparison.Ordinal)
            .Replace("{today}", $"{today:yyyy-MM-dd}", StringComparison.Ordinal).Replace("{tomorrow}", $"{today.AddDays(1):yyyy-MM-dd}", StringComparison.Ordinal);

        var (all, found) = (await Events("R1L", $"agent={user}"), await Events("R1L", $"agent={user}&{query}"));

        Assert.Equal(3, all.Count);
        Assert.Equal(count, found.Count);
    }

    [Fact]
    public async Task Pages_show_every_event_once_newest_first()
    {
        var (acute, mental, other, _) = await People();
        var user = User();
        for (var i = 0; i < 3; i++) await Nurse(user, $"/fhir/Patient?_id={acute},{mental},{other}");
        var (ids, next) = (new List<string>(), $"/fhir/AuditEvent?agent={user}&_count=2");
        while (next is not null)
        {
            var page = (await Officer("R1L", next)).Json;
            ids.AddRange(page.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("resource").GetProperty("id").GetString()!));
            next = page.GetProperty("link").EnumerateArray().Where(link => link.GetProperty("relation").GetString() == "next").Select(link => link.GetProperty("url").GetString()).FirstOrDefault();
        }

        Assert.Equal(9, ids.Distinct().Count());
        Assert.Equal(9, ids.Count);
        Assert.Equal(ids.OrderByDescending(id => long.Parse(id.Split('-')[0], null)).ThenBy(id => id.Split('-')[1]), ids);
    }

    [Theory]
    [InlineData("colour=blue")]
    [InlineData("date=yesterday")]
    [InlineData("outcome=9")]
    [InlineData("action=X")]
    [InlineData("_page=1")]
    [InlineData("entity=Patient")]
    public async Task What_is_not_understood_is_refused_since_silence_is_no_answer(string query)
    {
        var answer = await Officer("R1L", "/fhir/AuditEvent?" + query);

        Assert.Equal((HttpStatusCode.BadRequest, "audit.parameter"), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Whoever_holds_data_on_a_person_sees_the_whole_access_list_and_nobody_else_does()
    {
        var (acute, mental, _, person) = await People();
        var user = User();
        await Nurse(user, $"/fhir/Patient/{acute}");
        await Nurse(user, $"/fhir/Patient/{mental}");
        foreach (var organisation in (string[])["R1L", "RAJ"])
        {
            var list = (await Officer(organisation, $"/audit/people/{person}")).Json;
            Assert.Equal([mental, acute], list.GetProperty("seen").EnumerateArray().Where(seen => seen.GetProperty("actor").GetString() == user).Select(seen => seen.GetProperty("patient").GetString()!));
        }

        var (board, clinician) = (await Officer("QH8", $"/audit/people/{person}"), await Nurse(user, $"/audit/people/{person}"));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Forbidden), (board.Status, clinician.Status));
    }

    [Fact]
    public async Task A_person_is_found_by_NHS_number_where_the_organisation_holds_data()
    {
        var number = NewNhsNumber();
        var (_, _, _, person) = await People(number);
        var body = $$"""{"nhsNumber":"{{number}}"}""";

        var own = await As("privacy-officer", "privacy.acute", "RAJ", HttpMethod.Post, "/audit/people/_search", body, "application/json");
        var none = await As("privacy-officer", "privacy.icb", "QH8", HttpMethod.Post, "/audit/people/_search", body, "application/json");
        var wrong = await As("privacy-officer", "privacy.acute", "RAJ", HttpMethod.Post, "/audit/people/_search", """{"nhsNumber":"123"}""", "application/json");

        Assert.Equal([person], own.Json.EnumerateArray().Select(found => found.GetProperty("person").GetGuid()));
        Assert.Empty(none.Json.EnumerateArray());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
    }

    [Fact]
    public async Task Reading_the_audit_is_in_the_audit()
    {
        var (acute, _, _, person) = await People();
        var officer = $"privacy.{Guid.NewGuid():N}";
        await As("privacy-officer", officer, "RAJ", HttpMethod.Get, $"/audit/people/{person}");
        await As("privacy-officer", officer, "RAJ", HttpMethod.Get, $"/fhir/AuditEvent?patient={acute}");

        var events = await Events("RAJ", $"agent={officer}&patient={acute}");

        Assert.Equal(["search-type", "operation"], events.Select(audit => Code(audit.GetProperty("subtype")[0])));
    }

    [Fact]
    public async Task To_others_AuditEvent_is_a_resource_like_any_other_and_the_audit_is_closed()
    {
        var user = User();

        var (search, list, unusual) = (await Nurse(user, "/fhir/AuditEvent"), await Nurse(user, "/audit/events"), await Nurse(user, "/audit/unusual"));

        Assert.Equal((HttpStatusCode.OK, 0), (search.Status, search.Json.GetProperty("total").GetInt32()));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (list.Status, unusual.Status));
    }
}
