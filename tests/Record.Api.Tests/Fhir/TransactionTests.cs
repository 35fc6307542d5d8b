using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Record.Api.Tests.Fhir;

/// <summary>FHIR transaction and batch. https://hl7.org/fhir/R4/http.html#transaction</summary>
public class TransactionTests(RecordApi api) : IClassFixture<RecordApi>
{
    private static string Bundle(string type, params string[] entries) => $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{string.Join(',', entries)}}]}""";

    private static string Entry(string method, string url, string? resource = null, string? fullUrl = null, string more = "") =>
        $$"""{ {{(fullUrl is null ? "" : $"\"fullUrl\":\"{fullUrl}\",")}}{{(resource is null ? "" : $"\"resource\":{resource},")}}"request":{"method":"{{method}}","url":"{{url}}"{{more}}} }""";

    private static string Patient(string identifier, string more = "") => $$"""{"resourceType":"Patient","identifier":[{"system":"urn:t","value":"{{identifier}}"}]{{more}}}""";

    private static string Observation(string subject, string more = "") => $$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"{{subject}}"},"valueQuantity":{"value":2.50}{{more}}}""";

    private static List<JsonElement> Responses(FhirResponse answer) => [.. answer.Json.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("response"))];

    private static string[] Statuses(FhirResponse answer) => [.. Responses(answer).Select(response => response.GetProperty("status").GetString()![..3])];

    private static string Location(FhirResponse answer, int place) => string.Join('/', Responses(answer)[place].GetProperty("location").GetString()!.Split('/')[^4..^2]);

    [Fact]
    public async Task The_entry_whose_version_conflicts_is_named()
    {
        await api.Send(HttpMethod.Put, "/Patient/named-conflict", """{"resourceType":"Patient","id":"named-conflict"}""");

        var answer = await api.Post("", Bundle("transaction",
            Entry("POST", "Patient", Patient("before")),
            Entry("PUT", "Patient/named-conflict", Patient("x", ""","id":"named-conflict" """), more: ""","ifMatch":"W/\"7\"" """),
            Entry("PUT", "Patient/named-other", Patient("y", ""","id":"named-other" """))));

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status);
        Assert.Equal("Bundle.entry[1]", answer.Json.GetProperty("issue")[0].GetProperty("expression")[0].GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await api.Get("/Patient/named-other")).Status);
    }

    [Fact]
    public async Task Entries_refer_to_one_another_and_get_ids_of_the_record()
    {
        var answer = await api.Post("", Bundle("transaction",
            Entry("POST", "Observation", Observation("urn:uuid:6d1f0b4e-2f52-4f0e-9d0b-0000000000a1", ""","derivedFrom":[{"reference":"Observation/theirs"}],"identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:6d1f0b4e-2f52-4f0e-9d0b-0000000000a1"}]""")),
            Entry("POST", "Patient", Patient("t1"), "urn:uuid:6d1f0b4e-2f52-4f0e-9d0b-0000000000a1"),
            Entry("POST", "Observation", Observation("https://other.example/fhir/Patient/p9"), "https://other.example/fhir/Observation/theirs"),
            Entry("PUT", "Patient/t1-put", Patient("t1-put", ""","id":"t1-put" """), "https://other.example/fhir/Patient/p9")));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("transaction-response", answer.Json.GetProperty("type").GetString());
        Assert.Equal(["201", "201", "201", "201"], Statuses(answer));
        var first = (await api.Get("/" + Location(answer, 0))).Json;
        Assert.Equal(Location(answer, 1), first.GetProperty("subject").GetProperty("reference").GetString());
        Assert.Equal(Location(answer, 2), first.GetProperty("derivedFrom")[0].GetProperty("reference").GetString());
        Assert.Equal("urn:uuid:6d1f0b4e-2f52-4f0e-9d0b-0000000000a1", first.GetProperty("identifier")[0].GetProperty("value").GetString());
        Assert.Equal("2.50", first.GetProperty("valueQuantity").GetProperty("value").GetRawText());
        Assert.Equal("Patient/t1-put", (await api.Get("/" + Location(answer, 2))).Json.GetProperty("subject").GetProperty("reference").GetString());
        Assert.All(Responses(answer), response => Assert.Equal("W/\"1\"", response.GetProperty("etag").GetString()));
    }

    [Fact]
    public async Task Conditional_references_and_creates_find_what_the_record_holds()
    {
        var there = (await api.Post("/Patient", Patient("cond-1"))).Id;

        var answer = await api.Post("", Bundle("transaction",
            Entry("POST", "Observation", Observation("Patient?identifier=urn:t|cond-1")),
            Entry("POST", "Patient", Patient("cond-1"), "urn:uuid:6d1f0b4e-2f52-4f0e-9d0b-0000000000b1", ""","ifNoneExist":"identifier=urn:t|cond-1" """),
            Entry("POST", "Observation", Observation("urn:uuid:6d1f0b4e-2f52-4f0e-9d0b-0000000000b1")),
            Entry("POST", "Patient", Patient("cond-2"), null, ""","ifNoneExist":"identifier=urn:t|cond-2" """),
            Entry("POST", "Observation", Observation("Patient?identifier=urn:t|cond-2"))));

        Assert.Equal(["201", "200", "201", "201", "201"], Statuses(answer));
        Assert.Equal($"Patient/{there}", Location(answer, 1));
        foreach (var (place, patient) in new[] { (0, $"Patient/{there}"), (2, $"Patient/{there}"), (4, Location(answer, 3)) })
            Assert.Equal(patient, (await api.Get("/" + Location(answer, place))).Json.GetProperty("subject").GetProperty("reference").GetString());
    }

    [Theory]
    [InlineData("Patient?identifier=urn:t|nobody", "fhir.reference-without-match")]
    [InlineData("Patient?identifier=urn:t|both", "fhir.reference-with-several-matches")]
    public async Task A_conditional_reference_that_does_not_name_one_resource_fails_the_transaction(string reference, string code)
    {
        await api.Post("/Patient", Patient("both"));
        await api.Post("/Patient", Patient("both"));

        var answer = await api.Post("", Bundle("transaction", Entry("PUT", "Patient/not-written", Patient("nw", ""","id":"not-written" """)), Entry("POST", "Observation", Observation(reference))));

        Assert.Equal((HttpStatusCode.PreconditionFailed, code), (answer.Status, answer.Error));
        Assert.Equal(HttpStatusCode.NotFound, (await api.Get("/Patient/not-written")).Status);
    }

    [Fact]
    public async Task Deletes_come_first_and_reads_last_whatever_the_order_of_the_entries()
    {
        await api.Put("/Patient/order-1", Patient("order", ""","id":"order-1" """));
        await api.Put("/Patient/order-2", Patient("order-2", ""","id":"order-2" """));

        var answer = await api.Post("", Bundle("transaction",
            Entry("GET", "Patient/order-2"),
            Entry("GET", "Patient?identifier=urn:t|order"),
            Entry("PUT", "Patient/order-2", Patient("order-2", ""","id":"order-2","active":true""")),
            Entry("POST", "Patient", Patient("order"), null, ""","ifNoneExist":"identifier=urn:t|order-new" """),
            Entry("DELETE", "Patient/order-1"),
            Entry("DELETE", "Patient/order-never"),
            Entry("PATCH", "Patient?identifier=urn:t|patched", $$"""{"resourceType":"Binary","contentType":"application/json-patch+json","data":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes("""[{"op":"add","path":"/active","value":true}]"""))}}"}""")));
        await api.Post("/Patient", Patient("patched"));
        var again = await api.Post("", Bundle("transaction", Entry("PATCH", "Patient?identifier=urn:t|patched", $$"""{"resourceType":"Binary","contentType":"application/json-patch+json","data":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes("""[{"op":"add","path":"/active","value":true}]"""))}}"}""")));

        Assert.Equal(HttpStatusCode.NotFound, answer.Status); // nothing to patch: nothing of it is done
        Assert.Equal(HttpStatusCode.OK, (await api.Get("/Patient/order-1")).Status);
        Assert.Equal(["200"], Statuses(again));
        var good = await api.Post("", Bundle("transaction",
            Entry("GET", "Patient/order-2"), Entry("GET", "Patient?identifier=urn:t|order"),
            Entry("PUT", "Patient/order-2", Patient("order-2", ""","id":"order-2","active":true""")), Entry("POST", "Patient", Patient("order")), Entry("DELETE", "Patient/order-1"), Entry("DELETE", "Patient/order-never")));
        Assert.Equal(["200", "200", "200", "201", "204", "204"], Statuses(good));
        var entries = good.Json.GetProperty("entry");
        Assert.True(entries[0].GetProperty("resource").GetProperty("active").GetBoolean());
        Assert.Equal(1, entries[1].GetProperty("resource").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Two_entries_about_the_same_resource_are_refused_by_name()
    {
        await api.Put("/Patient/same-1", Patient("same", ""","id":"same-1" """));

        var literal = await api.Post("", Bundle("transaction", Entry("PUT", "Patient/same-1", Patient("same", ""","id":"same-1" """)), Entry("DELETE", "Patient/same-1")));
        var resolved = await api.Post("", Bundle("transaction", Entry("PUT", "Patient/same-1", Patient("same", ""","id":"same-1" """)), Entry("PUT", "Patient?identifier=urn:t|same", Patient("same"))));
        var unborn = await api.Post("", Bundle("transaction", Entry("POST", "Patient", Patient("unborn"), null, ""","ifNoneExist":"identifier=urn:t|unborn" """), Entry("POST", "Patient", Patient("unborn"), null, ""","ifNoneExist":"identifier=urn:t|unborn" """)));
        var fullUrl = await api.Post("", Bundle("transaction", Entry("POST", "Patient", Patient("f"), "urn:uuid:6d1f0b4e-2f52-4f0e-9d0b-0000000000c1"), Entry("POST", "Patient", Patient("f"), "urn:uuid:6d1f0b4e-2f52-4f0e-9d0b-0000000000c1")));

        Assert.All([literal, resolved, unborn], answer => Assert.Equal((HttpStatusCode.BadRequest, "fhir.same-resource-twice", "duplicate"), (answer.Status, answer.Error, answer.Issue)));
        Assert.Contains("Patient/same-1", resolved.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("unborn", unborn.Text, StringComparison.Ordinal); // criteria may hold an NHS number
        Assert.Equal("fhir.same-full-url", fullUrl.Error);
    }

    [Theory]
    [InlineData("""{"request":{"method":"POST","url":"Nothing"},"resource":{"resourceType":"Nothing"}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"request":{"method":"GROW","url":"Patient"}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"request":{"method":"POST","url":"Patient"}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/x"},"resource":{"resourceType":"Patient","id":"y"}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"request":{"method":"PUT","url":"Patient/x","ifMatch":"W/\"4\""},"resource":{"resourceType":"Patient","id":"x"}}""", HttpStatusCode.PreconditionFailed)]
    [InlineData("""{"request":{"method":"GET","url":"Patient/never-there"}}""", HttpStatusCode.NotFound)]
    [InlineData("""{"request":{"method":"POST","url":"Patient/$everything"},"resource":{"resourceType":"Patient"}}""", HttpStatusCode.NotImplemented)]
    [InlineData("""{"resource":{"resourceType":"Patient"}}""", HttpStatusCode.BadRequest)]
    public async Task One_bad_entry_fails_the_whole_transaction_but_only_itself_in_a_batch(string bad, HttpStatusCode status)
    {
        var id = Guid.NewGuid().ToString();
        var good = Entry("PUT", $"Patient/{id}", Patient("whole", $",\"id\":\"{id}\""));

        var transaction = await api.Post("", Bundle("transaction", good, bad));
        var written = await api.Get($"/Patient/{id}");
        var batch = await api.Post("", Bundle("batch", good, bad));

        Assert.Equal((status, HttpStatusCode.NotFound), (transaction.Status, written.Status));
        Assert.Equal((HttpStatusCode.OK, "batch-response"), (batch.Status, batch.Json.GetProperty("type").GetString()));
        Assert.Equal(["201", ((int)status).ToString(CultureInfo.InvariantCulture)], Statuses(batch));
        Assert.Equal("OperationOutcome", Responses(batch)[1].GetProperty("outcome").GetProperty("resourceType").GetString());
    }

    [Fact]
    public async Task A_batch_reads_searches_and_writes_on_condition()
    {
        var there = (await api.Post("/Patient", Patient("batch-1"))).Id;

        var batch = await api.Post("", Bundle("batch",
            Entry("GET", $"Patient/{there}"), Entry("GET", "Patient?identifier=urn:t|batch-1"), Entry("HEAD", $"Patient/{there}"), Entry("GET", $"Patient/{there}/_history/1"), Entry("GET", $"Patient/{there}/_history"),
            Entry("GET", $"Patient/{there}", null, null, ""","ifNoneMatch":"W/\"1\"" """), Entry("GET", "metadata"),
            Entry("POST", "Patient", Patient("batch-1"), null, ""","ifNoneExist":"identifier=urn:t|batch-1" """),
            Entry("PUT", "Patient?identifier=urn:t|batch-2", Patient("batch-2")), Entry("DELETE", "Patient?identifier=urn:t|batch-3"), Entry("DELETE", "Patient/never-there")), ("Prefer", "return=representation"));

        Assert.Equal(["200", "200", "200", "200", "200", "304", "200", "200", "201", "204", "204"], Statuses(batch));
        var entries = batch.Json.GetProperty("entry");
        Assert.Equal(["Patient", "Bundle", null, "Patient", "Bundle", null, "CapabilityStatement", "Patient", "Patient", null, null],
            entries.EnumerateArray().Select(entry => entry.TryGetProperty("resource", out var resource) ? resource.GetProperty("resourceType").GetString() : null));
        Assert.Equal($"{api.Base}/Patient/{there}", entries[0].GetProperty("fullUrl").GetString());
    }

    [Theory]
    [InlineData("""{"resourceType":"Bundle","type":"collection"}""", "fhir.not-a-bundle")]
    [InlineData("""{"resourceType":"Patient"}""", "fhir.not-a-bundle")]
    [InlineData("""{"resourceType":"Bundle","type":"batch","entry":{}}""", "fhir.not-a-bundle")]
    public async Task What_is_no_batch_or_transaction_is_refused(string body, string code)
    {
        var answer = await api.Post("", body);

        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task An_empty_transaction_is_done_at_once()
    {
        var answer = await api.Post("", """{"resourceType":"Bundle","type":"transaction"}""");

        Assert.Equal((HttpStatusCode.OK, "transaction-response"), (answer.Status, answer.Json.GetProperty("type").GetString()));
    }
}
