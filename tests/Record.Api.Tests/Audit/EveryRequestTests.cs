using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Xunit;

namespace Record.Api.Tests.Audit;

/// <summary>Each access, permitted or refused, is a row before the answer leaves: DESIGN section 4.</summary>
public sealed partial class EveryRequestTests(RecordApi api) : IClassFixture<RecordApi>
{
    private static readonly string[] Roles = ["mental-health-clinician", "service-manager", "feed-manager", "privacy-officer", "board-member", "system"];

    private sealed record Row(string Actor, string Action, string Interaction, string Outcome, string? Network, string? Query, string[] Patients);

    private async Task<List<Row>> Rows(Guid request, RecordApi? of = null)
    {
        var rows = new List<Row>();
        await using var database = NpgsqlDataSource.Create((of ?? api).Database.Owner);
        await using var command = database.CreateCommand("select actor, action::text, interaction, outcome, network, query, patients from record.audit where request = $1 order by id");
        command.Parameters.Add(new() { Value = request });
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) rows.Add(new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5), row.GetFieldValue<string[]>(6)));
        return rows;
    }

    private async Task<ILookup<Guid, string>> Outcomes()
    {
        var rows = new List<(Guid Request, string Outcome)>();
        await using var database = NpgsqlDataSource.Create(api.Database.Owner);
        await using var command = database.CreateCommand("select request, outcome from record.audit");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) rows.Add((row.GetGuid(0), row.GetString(1)));
        return rows.ToLookup(one => one.Request, one => one.Outcome);
    }

    private static (string, string) Named(Guid request) => ("X-Request-ID", request.ToString());

    [Fact]
    public async Task Every_address_leaves_a_row_for_each_request_with_a_token_and_one_that_says_so_if_it_refused()
    {
        var asked = new List<(Guid Request, string What, HttpStatusCode Status)>();
        foreach (var endpoint in api.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null))
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                foreach (var role in Roles)
                {
                    var (request, path) = (Guid.NewGuid(), Filled(endpoint.RoutePattern.RawText!));
                    var answer = await api.Send(new HttpMethod(method), $"{api.Base[..^5]}/{path.TrimStart('/')}", method is "POST" or "PUT" or "PATCH" ? "{}" : null, role, path.StartsWith("/fhir", StringComparison.Ordinal) ? "application/fhir+json" : "application/json", Named(request));
                    asked.Add((request, $"{method} {path} as {role}", answer.Status));
                }

        var outcomes = await Outcomes();
        var silent = asked.Where(one => !outcomes[one.Request].Any() || one.Status == HttpStatusCode.Forbidden && outcomes[one.Request].All(outcome => outcome == "success")).Select(one => $"{one.What}: {(int)one.Status}");

        Assert.True(asked.Count > 300, $"only {asked.Count} requests");
        Assert.Contains(asked, item => item.Status == HttpStatusCode.OK);
        Assert.Contains(asked, item => item.Status == HttpStatusCode.Forbidden);
        Assert.Empty(silent);
        Assert.DoesNotContain(asked, item => (int)item.Status >= 500 && item.Status != HttpStatusCode.NotImplemented && item.Status != HttpStatusCode.ServiceUnavailable);
    }

    private static string Filled(string pattern) => Parameter().Replace(pattern, match => match.Groups[1].Value switch
    {
        "type" => "Patient",
        "source" => "basildon-pas",
        "member" => "Observation",
        "operation" => "nothing",
        "version" => "1",
        _ => match.Value.Contains(":guid", StringComparison.Ordinal) ? "0f5c1c1e-1d52-4d55-9a4c-0c6f7ad2b0f1" : match.Value.Contains(":long", StringComparison.Ordinal) ? "1" : "none",
    });

    [Fact]
    public async Task A_token_that_does_not_hold_leaves_whom_it_names_unverified_and_from_where()
    {
        var request = Guid.NewGuid();
        var expired = api.Issuer.Token(user: "late.nurse", lifetime: TimeSpan.FromMinutes(-1));
        using var message = new HttpRequestMessage(HttpMethod.Get, api.Base + "/Patient/somebody") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", expired), } };
        message.Headers.Add("X-Request-ID", request.ToString());
        var answer = await api.Send(message);

        var row = Assert.Single(await Rows(request));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal(("unverified:late.nurse", "http.401", "127.0.0.1"), (row.Actor, row.Outcome, row.Network));
    }

    [Theory]
    [InlineData("Bearer not-a-token")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Bearer a.bm90IGpzb24.c")]
    [InlineData("Basic dXNlcjpwYXNz")]
    public async Task A_token_that_is_none_is_refused_and_kept_too(string authorization)
    {
        var request = Guid.NewGuid();
        var answer = await api.Send(HttpMethod.Get, "/Patient/somebody", null, "", headers: [("Authorization", authorization), Named(request)]);

        var row = Assert.Single(await Rows(request));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("unverified:", row.Actor);
    }

    [Fact]
    public async Task Who_gives_no_token_is_refused_without_a_row()
    {
        var request = Guid.NewGuid();

        var answer = await api.Send(HttpMethod.Get, "/Patient/somebody", null, "", headers: Named(request));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Empty(await Rows(request));
    }

    [Fact]
    public async Task The_address_behind_our_own_front_end_and_the_trace_are_kept()
    {
        var trace = Guid.NewGuid();
        await api.Get("/Patient/nobody", ("traceparent", $"00-{trace:N}-00f067aa0ba902b7-01"), ("X-Forwarded-For", "203.0.113.9"));

        var row = Assert.Single(await Rows(trace));

        Assert.Equal("203.0.113.9", row.Network);
    }

    [Fact]
    public async Task A_write_that_changes_nothing_and_a_create_that_finds_one_say_whose_record_was_shown()
    {
        const string Body = """{"resourceType":"Patient","id":"audit-same","identifier":[{"system":"urn:audit","value":"same"}]}""";
        await api.Put("/Patient/audit-same", Body);
        var (again, found, together) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await api.Put("/Patient/audit-same", Body, Named(again));
        await api.Post("/Patient", Body, ("If-None-Exist", "identifier=urn:audit|same"), Named(found));
        await api.Post("", $$$"""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{{{Body}}},"request":{"method":"PUT","url":"Patient/audit-same"}}] }""", Named(together));

        foreach (var request in (Guid[])[again, found, together])
        {
            var row = Assert.Single(await Rows(request));
            Assert.Equal(["audit-same"], row.Patients);
        }
    }

    [Fact]
    public async Task A_search_keeps_the_question_and_everybody_who_was_shown()
    {
        await api.Put("/Patient/audit-a", """{"resourceType":"Patient","id":"audit-a","name":[{"family":"Auditsearch"}]}""");
        await api.Put("/Patient/audit-b", """{"resourceType":"Patient","id":"audit-b","name":[{"family":"Auditsearch"}]}""");
        var request = Guid.NewGuid();
        await api.Get("/Patient?family=auditsearch", Named(request));

        var row = Assert.Single(await Rows(request));

        Assert.Equal(("E", "search-type", "success"), (row.Action, row.Interaction, row.Outcome));
        Assert.Contains("family=auditsearch", row.Query, StringComparison.Ordinal);
        Assert.Equal(["audit-a", "audit-b"], row.Patients.Order());
    }

    [Fact]
    public async Task Where_the_row_cannot_be_written_nothing_is_answered()
    {
        var own = new RecordApi();
        await own.InitializeAsync();
        try
        {
            await own.Put("/Patient/kept", """{"resourceType":"Patient","id":"kept","name":[{"family":"Secret"}]}""");
            await own.Database.Scalar("revoke insert on record.audit from record_api");
            foreach (var path in (string[])["/fhir/Patient/kept", "/fhir/Patient?family=secret", "/fhir/Patient/kept/_history", "/fhir/Patient/kept/$everything", "/teams", "/worklist"])
            {
                var answer = await Answered(own, path);
                Assert.DoesNotContain("Secret", answer ?? "", StringComparison.Ordinal);
                Assert.DoesNotContain("R1L", answer ?? "", StringComparison.Ordinal);
            }
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    // The body of a good answer; null for none.
    private static async Task<string?> Answered(RecordApi own, string path)
    {
        try
        {
            var answer = await own.Send(HttpMethod.Get, own.Base[..^5] + path);
            return (int)answer.Status < 500 ? Encoding.UTF8.GetString(answer.Bytes) : null;
        }
        catch (HttpRequestException)
        {
            return null; // cut off
        }
    }

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Parameter();
}
