using System.Net;
using System.Text.Json;
using Xunit;

namespace Record.Api.Tests.Fhir;

/// <summary>FHIR search and history over HTTP: handling, links, forms. https://hl7.org/fhir/R4/http.html#search</summary>
public class SearchTests(RecordApi api) : IClassFixture<RecordApi>
{
    private const string Form = "application/x-www-form-urlencoded";

    private async Task<string> Patients(int count)
    {
        var key = Guid.NewGuid().ToString("N");
        for (var i = 0; i < count; i++) await api.Post("/Patient", $$"""{"resourceType":"Patient","identifier":[{"system":"urn:s","value":"{{key}}"}],"name":[{"family":"Search"}],"contact":[{"name":{"family":"Contact"} }]}""");
        return key;
    }

    private static string? Link(FhirResponse answer, string relation) => answer.Json.GetProperty("link").EnumerateArray().Where(link => link.GetProperty("relation").GetString() == relation).Select(link => link.GetProperty("url").GetString()).FirstOrDefault();

    private static List<JsonElement> Entries(FhirResponse answer, string mode = "match") => answer.Json.TryGetProperty("entry", out var entries) ? [.. entries.EnumerateArray().Where(entry => entry.GetProperty("search").GetProperty("mode").GetString() == mode)] : [];

    [Fact]
    public async Task Unknown_parameters_are_reported_under_lenient_handling_and_refused_under_strict()
    {
        var key = await Patients(1);

        var lenient = await api.Get($"/Patient?identifier=urn:s|{key}&favourite=blue");
        var strict = await api.Get($"/Patient?identifier=urn:s|{key}&favourite=blue", ("Prefer", "handling=strict"));

        Assert.Equal((HttpStatusCode.OK, 1), (lenient.Status, lenient.Json.GetProperty("total").GetInt32()));
        Assert.Contains("favourite", Entries(lenient, "outcome").Single().GetProperty("resource").GetProperty("issue")[0].GetProperty("diagnostics").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("favourite", Link(lenient, "self"), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.BadRequest, "not-supported"), (strict.Status, strict.Issue));
        Assert.Contains("favourite", strict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_are_followed_by_their_links_and_hold_no_question()
    {
        var key = await Patients(5);
        var seen = new List<string>();

        var page = await api.Send(HttpMethod.Post, "/Patient/_search?_count=2", $"identifier=urn:s|{key}", mediaType: Form);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal(5, page.Json.GetProperty("total").GetInt32());
        while (true)
        {
            seen.AddRange(Entries(page).Select(entry => entry.GetProperty("resource").GetProperty("id").GetString()!));
            if (Link(page, "next") is not { } next) break;
            Assert.DoesNotContain(key, next, StringComparison.Ordinal);
            page = await api.Get(next);
        }

        Assert.Equal((5, 5), (seen.Count, seen.Distinct().Count()));
    }

    [Fact]
    public async Task A_summary_search_marks_what_it_gives_and_a_count_gives_nothing_else()
    {
        var key = await Patients(2);

        var summary = await api.Get($"/Patient?identifier=urn:s|{key}&_summary=true");
        var count = await api.Get($"/Patient?identifier=urn:s|{key}&_summary=count");

        Assert.All(Entries(summary), entry => Assert.Equal("SUBSETTED", entry.GetProperty("resource").GetProperty("meta").GetProperty("tag")[0].GetProperty("code").GetString()));
        Assert.All(Entries(summary), entry => Assert.False(entry.GetProperty("resource").TryGetProperty("contact", out _)));
        Assert.Equal((2, false), (count.Json.GetProperty("total").GetInt32(), count.Json.TryGetProperty("entry", out _)));
    }

    [Fact]
    public async Task What_belongs_to_a_patient_is_found_below_its_address()
    {
        var patient = (await api.Post("/Patient", """{"resourceType":"Patient"}""")).Id;
        await api.Post("/Observation", $$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{patient}}"} }""");

        var found = await api.Get($"/Patient/{patient}/Observation?_include=Observation:patient");

        Assert.Equal((1, 1), (Entries(found).Count, Entries(found, "include").Count));
    }

    [Fact]
    public async Task A_history_tells_each_version_and_its_request()
    {
        var id = Guid.NewGuid().ToString();
        foreach (var family in (string[])["One", "Two", "Three"]) await api.Put($"/Patient/{id}", $$"""{"resourceType":"Patient","id":"{{id}}","name":[{"family":"{{family}}"}]}""");
        await api.Delete($"/Patient/{id}");

        var all = await api.Get($"/Patient/{id}/_history");
        var page = await api.Get($"/Patient/{id}/_history?_count=3");
        var rest = await api.Get(Link(page, "next")!);
        var never = await api.Get("/Patient/never-there/_history");
        var type = await api.Get("/Patient/_history?_count=1");

        Assert.Equal(["DELETE", "PUT", "PUT", "POST"], all.Json.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("request").GetProperty("method").GetString()));
        Assert.Equal(["W/\"4\"", "W/\"3\"", "W/\"2\"", "W/\"1\""], all.Json.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("response").GetProperty("etag").GetString()));
        Assert.Equal("One", rest.Json.GetProperty("entry")[0].GetProperty("resource").GetProperty("name")[0].GetProperty("family").GetString());
        Assert.Equal((HttpStatusCode.NotFound, "history"), (never.Status, type.Json.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_search_by_POST_takes_a_form()
    {
        var answer = await api.Send(HttpMethod.Post, "/Patient/_search", "{}");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
    }
}
