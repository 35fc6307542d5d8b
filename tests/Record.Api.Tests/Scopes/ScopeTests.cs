using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace Record.Api.Tests.Scopes;

/// <summary>SMART on FHIR scopes. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html</summary>
public class ScopeTests(RecordApi api) : IClassFixture<RecordApi>, IAsyncLifetime
{
    private readonly string mine = "m" + Guid.NewGuid().ToString("N"), other = "o" + Guid.NewGuid().ToString("N");

    public async Task InitializeAsync()
    {
        foreach (var id in (string[])[mine, other])
        {
            await api.Put($"/Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}","name":[{"family":"Scoped"}],"managingOrganization":{"reference":"Organization/RAJ"} }""");
            await api.Put($"/EpisodeOfCare/ec-{id}", $$"""{"resourceType":"EpisodeOfCare","id":"ec-{{id}}","status":"active","patient":{"reference":"Patient/{{id}}"},"managingOrganization":{"reference":"Organization/R1L"} }"""); // the nurse has a relationship with both
            await api.Put($"/Observation/ob-{id}", $$"""{"resourceType":"Observation","id":"ob-{{id}}","status":"final","code":{"text":"Pulse"},"subject":{"reference":"Patient/{{id}}"} }""");
            await api.Put($"/Condition/co-{id}", $$"""{"resourceType":"Condition","id":"co-{{id}}","code":{"text":"Asthma"},"subject":{"reference":"Patient/{{id}}"} }""");
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private async Task<FhirResponse> As(string scope, HttpMethod method, string path, string? body = null, string? patient = null, string role = "mental-health-clinician")
    {
        var claims = new Dictionary<string, object> { ["sub"] = "mh.nurse", ["role"] = role, ["organisation"] = "R1L", ["client_id"] = "app", ["scope"] = scope };
        if (patient is not null) claims["patient"] = patient;
        using var request = new HttpRequestMessage(method, path.StartsWith("http", StringComparison.Ordinal) ? path : api.Base + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", api.Issuer.Token(claims: claims));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/fhir+json");
        return await api.Send(request);
    }

    private Task<FhirResponse> Get(string scope, string path, string? patient = null) => As(scope, HttpMethod.Get, path, null, patient);

    [Theory]
    [InlineData("user/Observation.rs", "/Observation/ob-{0}", HttpStatusCode.OK)]
    [InlineData("user/Observation.read", "/Observation/ob-{0}", HttpStatusCode.OK)]
    [InlineData("user/*.r", "/Observation/ob-{0}", HttpStatusCode.OK)]
    [InlineData("user/Observation.s", "/Observation/ob-{0}", HttpStatusCode.Forbidden)]
    [InlineData("user/Condition.rs", "/Observation/ob-{0}", HttpStatusCode.Forbidden)]
    [InlineData("system/Observation.rs", "/Observation/ob-{0}", HttpStatusCode.Forbidden)]
    [InlineData("openid profile", "/Observation/ob-{0}", HttpStatusCode.Forbidden)]
    [InlineData("patient/Observation.rs", "/Observation/ob-{0}", HttpStatusCode.Forbidden)]
    [InlineData("user/Observation.rs", "/Observation/ob-{0}/_history", HttpStatusCode.OK)]
    [InlineData("user/Observation.s", "/Observation/ob-{0}/_history/1", HttpStatusCode.Forbidden)]
    [InlineData("user/Observation.s", "/Observation?subject=Patient/{0}", HttpStatusCode.OK)]
    [InlineData("user/Observation.r", "/Observation?subject=Patient/{0}", HttpStatusCode.Forbidden)]
    [InlineData("user/Patient.rs", "/Patient/{0}/Observation", HttpStatusCode.Forbidden)]
    [InlineData("user/Observation.rs", "/_history", HttpStatusCode.Forbidden)]
    [InlineData("user/Observation.rs", "/?_type=Observation,Condition", HttpStatusCode.Forbidden)]
    [InlineData("user/Observation.rs", "/?_type=Observation&_id=ob-{0}", HttpStatusCode.OK)]
    [InlineData("user/Patient.rs", "/Patient?_has:Condition:patient:code=x", HttpStatusCode.Forbidden)]
    [InlineData("user/Observation.rs", "/Observation?subject:Patient.family=Scoped", HttpStatusCode.Forbidden)]
    [InlineData("user/Observation.rs user/Patient.s", "/Observation?subject:Patient.family=Scoped", HttpStatusCode.OK)]
    [InlineData("user/Observation.rs", "/$import-status/1", HttpStatusCode.Forbidden)]
    public async Task A_scope_opens_the_type_and_the_interaction_that_it_names(string scope, string path, HttpStatusCode status)
    {
        var answer = await Get(scope, string.Format(null, System.Text.CompositeFormat.Parse(path), mine));

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("user/Observation.rs", HttpStatusCode.Forbidden)]
    [InlineData("user/Observation.c", HttpStatusCode.Created)]
    [InlineData("user/*.cruds", HttpStatusCode.Created)]
    [InlineData("patient/Observation.cruds", HttpStatusCode.Forbidden)]
    public async Task Writing_needs_a_scope_that_writes(string scope, HttpStatusCode status)
    {
        var answer = await As(scope, HttpMethod.Post, "/Observation", $$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{mine}}"} }""", mine);

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Entries_of_a_batch_are_held_against_the_scopes_one_by_one_and_a_transaction_as_a_whole()
    {
        string Bundle(string type) => $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{"request":{"method":"GET","url":"Observation/ob-{{mine}}"} },{"request":{"method":"GET","url":"Condition/co-{{mine}}"} }]}""";

        var batch = await As("user/Observation.rs", HttpMethod.Post, "", Bundle("batch"));
        var transaction = await As("user/Observation.rs", HttpMethod.Post, "", Bundle("transaction"));

        Assert.Equal(["200", "403"], batch.Json.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("response").GetProperty("status").GetString()![..3]));
        Assert.DoesNotContain("Asthma", batch.Text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Forbidden, "scope.not-covered"), (transaction.Status, transaction.Error));
    }

    [Fact]
    public async Task Includes_of_a_type_that_no_scope_covers_are_not_returned()
    {
        var with = await Get("user/Observation.rs user/Patient.r", $"/Observation?_id=ob-{mine}&_include=Observation:subject");
        var without = await Get("user/Observation.rs", $"/Observation?_id=ob-{mine}&_include=Observation:subject");

        Assert.Equal(2, with.Json.GetProperty("entry").GetArrayLength());
        Assert.Equal(1, without.Json.GetProperty("entry").GetArrayLength());
    }

    [Fact]
    public async Task Everything_holds_only_the_types_that_the_scopes_cover()
    {
        var answer = await Get("user/Patient.r user/Observation.r", $"/Patient/{mine}/$everything");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.DoesNotContain("Asthma", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"resourceType\":\"Condition\"", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_context_of_a_patient_an_app_sees_that_patient_and_nobody_else()
    {
        const string Scope = "patient/*.rs";
        foreach (var path in (string[])[$"/Patient/{mine}", $"/Observation/ob-{mine}", $"/Observation/ob-{mine}/_history"]) Assert.Equal(HttpStatusCode.OK, (await Get(Scope, path, mine)).Status);
        foreach (var path in (string[])[$"/Patient/{other}", $"/Observation/ob-{other}", $"/Observation/ob-{other}/_history", $"/Observation/ob-{other}/_history/1", $"/Condition/co-{other}/$meta", $"/Patient/{other}/$everything"])
            Assert.Equal(HttpStatusCode.NotFound, (await Get(Scope, path, mine)).Status);
        foreach (var path in (string[])["/Observation/_history", "/_history", "/?_type=Observation", "/Observation/$meta", $"/Observation?subject:Patient.family=Scoped", $"/Patient?_person=true&_id={mine}"])
            Assert.Equal(HttpStatusCode.Forbidden, (await Get(Scope, path, mine)).Status);

        var all = await Get(Scope, "/Observation?code:text=Pulse&_include=*&_total=accurate", mine);
        var others = await Get(Scope, $"/Observation?subject=Patient/{other}", mine);
        var patients = await Get(Scope, "/Patient?family=Scoped", mine);

        Assert.Equal(1, all.Json.GetProperty("total").GetInt32());
        Assert.DoesNotContain(other, all.Text, StringComparison.Ordinal);
        Assert.False(others.Json.TryGetProperty("entry", out _));
        Assert.Equal(1, patients.Json.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_page_of_somebody_elses_search_is_not_continued_under_narrower_scopes()
    {
        var first = await api.Get("/Observation?_count=1&code:text=Pulse");
        var next = first.Json.GetProperty("link").EnumerateArray().Single(link => link.GetProperty("relation").GetString() == "next").GetProperty("url").GetString()!;

        var stolen = await Get("patient/*.rs", next, mine);
        var narrower = await Get("user/Condition.rs", next);

        Assert.NotEqual(HttpStatusCode.OK, stolen.Status);
        Assert.Equal(HttpStatusCode.Forbidden, narrower.Status);
    }

    [Theory]
    [InlineData("GET", "people/00000000-0000-0000-0000-000000000001")]
    [InlineData("GET", "worklist")]
    [InlineData("GET", "feeds")]
    [InlineData("GET", "identity/queue")]
    [InlineData("GET", "teams")]
    [InlineData("POST", "fhir/Patient/$match")]
    [InlineData("POST", "fhir/$process-message")]
    public async Task What_stands_beside_FHIR_is_not_open_to_an_app_with_scopes_for_resources(string method, string path)
    {
        var answer = await As("user/*.cruds", new HttpMethod(method), api.Base.Replace("/fhir", "/", StringComparison.Ordinal) + path, method == "POST" ? "{}" : null);

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
    }

    [Fact]
    public async Task A_refusal_for_want_of_scope_or_role_has_its_audit_row()
    {
        var before = (long)(await api.Database.Scalar("select count(*) from record.audit where outcome in ('scope.not-covered', 'access.activity')"))!;

        await Get("user/Condition.rs", $"/Observation/ob-{mine}");
        await As("record", HttpMethod.Get, api.Base.Replace("/fhir", "/identity/queue", StringComparison.Ordinal));

        Assert.Equal(before + 2, (long)(await api.Database.Scalar("select count(*) from record.audit where outcome in ('scope.not-covered', 'access.activity')"))!);
    }

    [Fact]
    public async Task The_SMART_configuration_is_open_and_names_what_apps_may_use()
    {
        var answer = await api.Send(HttpMethod.Get, "/.well-known/smart-configuration", role: "");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(api.Issuer.Address, answer.Json.GetProperty("issuer").GetString());
        Assert.Contains("permission-v2", answer.Json.GetProperty("capabilities").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal("S256", answer.Json.GetProperty("code_challenge_methods_supported")[0].GetString());
    }
}
