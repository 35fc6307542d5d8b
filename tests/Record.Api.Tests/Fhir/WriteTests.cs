using System.Net;
using Xunit;

namespace Record.Api.Tests.Fhir;

/// <summary>FHIR create, update and delete with their conditions. https://hl7.org/fhir/R4/http.html#create</summary>
public class WriteTests(RecordApi api) : IClassFixture<RecordApi>
{
    private static string Patient(string identifier, string? id = null, string family = "Writer") =>
        $$"""{"resourceType":"Patient",{{(id is null ? "" : $"\"id\":\"{id}\",")}}"identifier":[{"system":"urn:test","value":"{{identifier}}"}],"name":[{"family":"{{family}}"}] }""";

    [Fact]
    public async Task A_create_is_answered_by_201_with_the_address_of_the_version()
    {
        var created = await api.Post("/Patient", Patient("c1", "mine"));

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.NotEqual("mine", created.Id);
        Assert.Equal($"{api.Base}/Patient/{created.Id}/_history/1", created.Header("Location"));
        Assert.Equal("W/\"1\"", created.Header("ETag"));
        Assert.NotNull(created.Header("Last-Modified"));
    }

    [Theory]
    [InlineData("return=minimal", "")]
    [InlineData("return=representation", "Patient")]
    [InlineData("return=OperationOutcome", "OperationOutcome")]
    public async Task A_write_answers_with_what_the_caller_prefers(string prefer, string type)
    {
        var created = await api.Post("/Patient", Patient("prefer"), ("Prefer", prefer));

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.NotNull(created.Header("Location"));
        Assert.Equal(type, created.Bytes.Length == 0 ? "" : created.Json.GetProperty("resourceType").GetString());
    }

    [Fact]
    public async Task An_update_makes_the_next_version_and_creates_where_there_is_none()
    {
        var first = await api.Put("/Patient/update-1", Patient("u1", "update-1"));
        var second = await api.Put("/Patient/update-1", Patient("u1", "update-1", "Again"));
        var same = await api.Put("/Patient/update-1", Patient("u1", "update-1", "Again"));

        Assert.Equal((HttpStatusCode.Created, "W/\"1\""), (first.Status, first.Header("ETag")));
        Assert.Equal($"{api.Base}/Patient/update-1/_history/1", first.Header("Location"));
        Assert.Equal((HttpStatusCode.OK, "W/\"2\"", null), (second.Status, second.Header("ETag"), second.Header("Location")));
        Assert.Equal((HttpStatusCode.OK, "W/\"2\""), (same.Status, same.Header("ETag")));
    }

    [Theory]
    [InlineData("W/\"1\"", HttpStatusCode.OK)]
    [InlineData("\"1\"", HttpStatusCode.OK)]
    [InlineData("W/\"7\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("W/\"abc\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("what", HttpStatusCode.BadRequest)]
    public async Task If_Match_names_the_version_that_must_be_current(string tag, HttpStatusCode status)
    {
        var id = (await api.Post("/Patient", Patient("match"))).Id;

        var updated = await api.Put($"/Patient/{id}", Patient("match", id, "Changed"), ("If-Match", tag));

        Assert.Equal(status, updated.Status);
        var read = await api.Get($"/Patient/{id}");
        Assert.Equal(status == HttpStatusCode.OK ? "W/\"2\"" : "W/\"1\"", read.Header("ETag"));
    }

    [Fact]
    public async Task A_conditional_create_makes_one_resource()
    {
        var first = await api.Post("/Patient", Patient("once"), ("If-None-Exist", "identifier=urn:test|once"));
        var second = await api.Post("/Patient", Patient("once"), ("If-None-Exist", "identifier=urn:test|once"));
        var unknown = await api.Post("/Patient", Patient("once"), ("If-None-Exist", "favourite=blue"));
        var empty = await api.Post("/Patient", Patient("once"), ("If-None-Exist", ""));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.Status, second.Status));
        Assert.Equal(first.Id, second.Id);
        Assert.Equal((first.Header("ETag"), first.Header("Location")), (second.Header("ETag"), second.Header("Location")));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (unknown.Status, empty.Status));
    }

    [Fact]
    public async Task Criteria_that_several_match_fail_every_conditional_write()
    {
        await api.Post("/Patient", Patient("twice"));
        await api.Post("/Patient", Patient("twice"));

        var create = await api.Post("/Patient", Patient("twice"), ("If-None-Exist", "identifier=urn:test|twice"));
        var update = await api.Put("/Patient?identifier=urn:test|twice", Patient("twice"));
        var delete = await api.Delete("/Patient?identifier=urn:test|twice");
        var patch = await api.Patch("/Patient?identifier=urn:test|twice", """[{"op":"add","path":"/active","value":true}]""");

        Assert.All([create, update, delete, patch], answer => Assert.Equal((HttpStatusCode.PreconditionFailed, "multiple-matches"), (answer.Status, answer.Issue)));
    }

    [Fact]
    public async Task A_conditional_update_creates_updates_or_says_that_the_id_is_another()
    {
        var created = await api.Put("/Patient?identifier=urn:test|cu", Patient("cu"));
        var updated = await api.Put("/Patient?identifier=urn:test|cu", Patient("cu", null, "Changed"));
        var own = await api.Put("/Patient?identifier=urn:test|cu", Patient("cu", created.Id, "Again"));
        var other = await api.Put("/Patient?identifier=urn:test|cu", Patient("cu", "other"));
        var named = await api.Put("/Patient?identifier=urn:test|cu-named", Patient("cu-named", "cu-named"));
        var none = await api.Put("/Patient", Patient("cu"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK), (created.Status, updated.Status, own.Status));
        Assert.Equal((created.Id, "W/\"3\""), (own.Id, own.Header("ETag")));
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (other.Status, none.Status));
        Assert.Equal((HttpStatusCode.Created, "cu-named"), (named.Status, named.Id));
    }

    [Fact]
    public async Task A_delete_is_answered_the_same_however_often_it_is_asked()
    {
        var id = (await api.Post("/Patient", Patient("d1"))).Id;

        var first = await api.Delete($"/Patient/{id}");
        var second = await api.Delete($"/Patient/{id}");
        var never = await api.Delete("/Patient/never-there");
        var told = await api.Delete($"/Patient/{id}", ("Prefer", "return=OperationOutcome"));

        Assert.All([first, second, never], answer => Assert.Equal((HttpStatusCode.NoContent, 0), (answer.Status, answer.Bytes.Length)));
        Assert.Equal("W/\"2\"", first.Header("ETag"));
        Assert.Equal((HttpStatusCode.OK, "informational"), (told.Status, told.Issue));
        var versions = await api.Get($"/Patient/{id}/_history");
        Assert.Equal(["DELETE", "POST"], versions.Json.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("request").GetProperty("method").GetString()));
    }

    [Fact]
    public async Task A_conditional_delete_deletes_the_one_that_matches()
    {
        var id = (await api.Post("/Patient", Patient("cd"))).Id;

        var deleted = await api.Delete("/Patient?identifier=urn:test|cd");
        var again = await api.Delete("/Patient?identifier=urn:test|cd");
        var all = await api.Delete("/Patient");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent, HttpStatusCode.BadRequest), (deleted.Status, again.Status, all.Status));
        Assert.Equal(HttpStatusCode.Gone, (await api.Get($"/Patient/{id}")).Status);
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest, "fhir.not-json")]
    [InlineData("", HttpStatusCode.BadRequest, "fhir.not-json")]
    [InlineData("[]", HttpStatusCode.BadRequest, "fhir.not-a-resource")]
    [InlineData("""{"resourceType":"Observation"}""", HttpStatusCode.BadRequest, "fhir.other-type")]
    public async Task A_body_that_is_no_such_resource_is_refused(string body, HttpStatusCode status, string code)
    {
        var created = await api.Post("/Patient", body);
        var updated = await api.Put("/Patient/x", body);

        Assert.Equal((status, code), (created.Status, created.Error));
        Assert.Equal((status, code), (updated.Status, updated.Error));
    }

    [Fact]
    public async Task The_id_of_an_update_must_be_in_the_body_too()
    {
        var without = await api.Put("/Patient/x1", Patient("x"));
        var other = await api.Put("/Patient/x1", Patient("x", "x2"));
        var bad = await api.Put("/Patient/x_1", Patient("x", "x_1"));

        Assert.Equal(["fhir.other-id", "fhir.other-id", "fhir.bad-id"], ((FhirResponse[])[without, other, bad]).Select(answer => answer.Error));
        Assert.All([without, other, bad], answer => Assert.Equal(HttpStatusCode.BadRequest, answer.Status));
    }

    [Fact]
    public async Task Sixty_four_writers_of_the_same_conditional_create_make_one_resource()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => api.Post("/Patient", Patient("sixty-four"), ("If-None-Exist", "identifier=urn:test|sixty-four"))));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Single(answers.Select(answer => answer.Id).Distinct());
        Assert.Equal(1, (await api.Get("/Patient?identifier=urn:test|sixty-four")).Json.GetProperty("total").GetInt32());
    }
}
