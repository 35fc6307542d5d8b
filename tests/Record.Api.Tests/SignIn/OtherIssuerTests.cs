using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Testing;
using Xunit;

namespace Record.Api.Tests.SignIn;

/// <summary>NHS CIS2 or Entra ID instead of our own sign-in, by configuration: their claims give our roles, and nothing else does.</summary>
public sealed class OtherIssuerTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private readonly HttpClient http = new();
    private TestIssuer issuer = null!;

    public async Task InitializeAsync() => issuer = await TestIssuer.Start();

    public async Task DisposeAsync()
    {
        await issuer.DisposeAsync();
        http.Dispose();
    }

    private async Task<WebApplication> Api(string profile, string audience)
    {
        var app = RecordApiHost.Build(RecordApi.Arguments(database, issuer, $"--Identity:Claims={profile}", $"--Identity:Audience={audience}"));
        await app.StartAsync();
        return app;
    }

    private async Task<HttpStatusCode> Get(WebApplication app, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.First() + path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private static Dictionary<string, object> Role(string id, string organisation, string code, params string[] workgroups) =>
        new() { ["person_roleid"] = id, ["org_code"] = organisation, ["role_code"] = code, ["workgroups_codes"] = workgroups };

    private async Task<string> LastAudit() => (string)(await database.Scalar("select concat_ws(' ', actor, role, organisation) from record.audit order by at desc limit 1"))!;

    [Fact]
    public async Task The_role_that_a_CIS2_user_has_selected_is_theirs_here()
    {
        await using var app = await Api("cis2", "the-record.apps.national");
        string Token(string user, string? selected, params Dictionary<string, object>[] roles)
        {
            issuer.UserInfo[user] = new() { ["sub"] = user, ["nhsid_useruid"] = "uuid-" + user, ["name"] = "CIS2 User", ["nhsid_nrbac_roles"] = roles };
            if (selected is not null) issuer.UserInfo[user]["selected_roleid"] = selected;
            return issuer.Token(claims: new Dictionary<string, object> { ["sub"] = user, ["azp"] = "client" }, type: "JWT", audience: "the-record.apps.national");
        }

        foreach (var (user, selected, roles, said) in new (string, string?, Dictionary<string, object>[], string)[]
        {
            ("doctor", "1", [Role("1", "RAJ", "S8000:G8000:R8000")], "uuid-doctor acute-clinician RAJ"),
            ("nurse", null, [Role("2", "R1L", "S8000:G8001:R8001")], "uuid-nurse mental-health-clinician R1L"),
            ("district", "3", [Role("3", "R1L", "S8000:G8001:R8001", "community")], "uuid-district community-clinician R1L"),
            ("two", "5", [Role("4", "RAJ", "S8000:G8000:R8000"), Role("5", "R1L", "S8000:G8000:R8000")], "uuid-two mental-health-clinician R1L"),
        })
        {
            Assert.Equal(HttpStatusCode.NotFound, await Get(app, "/fhir/Observation/none", Token(user, selected, roles)));
            Assert.Equal(said, await LastAudit());
        }

        foreach (var (user, selected, roles) in new (string, string?, Dictionary<string, object>[])[]
        {
            ("elsewhere", "1", [Role("1", "RQ3", "S8000:G8000:R8000")]),
            ("clerk", "1", [Role("1", "RAJ", "S8000:G8000:R8010")]),
            ("unselected", null, [Role("4", "RAJ", "S8000:G8000:R8000"), Role("5", "R1L", "S8000:G8000:R8000")]),
            ("invented", "9", [Role("4", "RAJ", "S8000:G8000:R8000")]),
            ("none", null, []),
        })
            Assert.Equal(HttpStatusCode.Forbidden, await Get(app, "/fhir/Observation/none", Token(user, selected, roles)));
    }

    [Fact]
    public async Task Userinfo_is_asked_once_a_token_and_a_role_of_our_own_in_a_CIS2_token_counts_for_nothing()
    {
        await using var app = await Api("cis2", "record");
        var token = issuer.Token(claims: new Dictionary<string, object> { ["sub"] = "forger", ["role"] = "acute-clinician", ["organisation"] = "RAJ", ["scope"] = "record" }, type: "JWT");
        var before = issuer.UserInfoAsked;

        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.Forbidden, await Get(app, "/fhir/Observation/none", token));

        Assert.Equal(before + 1, issuer.UserInfoAsked);
    }

    [Theory]
    [InlineData("Record.AcuteClinician", "RAJ", HttpStatusCode.NotFound)]
    [InlineData("Record.AcuteClinician", "R1L", HttpStatusCode.Forbidden)]
    [InlineData("Record.BoardMember", "QH8", HttpStatusCode.Forbidden)]
    [InlineData("acute-clinician", "RAJ", HttpStatusCode.Forbidden)]
    public async Task An_app_role_of_Entra_ID_is_one_of_ours_at_its_organisation(string role, string organisation, HttpStatusCode status)
    {
        await using var app = await Api("entra", "api://record");
        var token = issuer.Token(claims: new Dictionary<string, object> { ["sub"] = "pairwise", ["oid"] = "object-1", ["roles"] = new[] { role }, ["ods_code"] = organisation, ["scp"] = "access" }, type: "JWT", audience: "api://record");

        Assert.Equal(status, await Get(app, "/fhir/Observation/none", token));
    }

    [Fact]
    public async Task A_profile_that_is_not_there_stops_the_service()
    {
        var problem = await Assert.ThrowsAsync<InvalidOperationException>(() => Api("nobody", "record"));

        Assert.Contains("Identity:Claims", problem.Message, StringComparison.Ordinal);
    }
}
