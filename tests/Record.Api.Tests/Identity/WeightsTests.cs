using System.Net;
using Xunit;

namespace Record.Api.Tests.Identity;

/// <summary>Weights are used when a steward says so; who said it and why is kept.</summary>
public sealed class WeightsTests(RecordApi api) : IClassFixture<RecordApi>
{
    [Fact]
    public async Task Weights_are_used_from_when_a_steward_activates_them_and_the_entry_says_who()
    {
        await api.Database.Scalar("""insert into record.match_weights (version, estimated_at, estimated_by, records, weights) values (1, now(), 'estimate', 2000, '{"prior":0.000001,"levels":[],"values":[]}')""");
        Assert.Equal(0, await InUse());

        var activated = await Send("identity/weights/1/activate", """{"reason":"Looked at on the sets"}""", "feed-manager");
        Assert.Equal(HttpStatusCode.OK, activated.Status);
        Assert.Equal(1, await InUse());
        Assert.Equal("mh.nurse Looked at on the sets", await api.Database.Scalar("select u.decided_by || ' ' || d.reason from record.match_weights_use u join record.link_decision d on d.id = u.decision where u.version = 1"));
        var decision = activated.Json.GetProperty("decision").GetString();
        Assert.Equal(HttpStatusCode.OK, (await Send($"identity/decisions/{decision}/undo", """{"reason":"Too many questions"}""", "feed-manager")).Status);

        Assert.Equal(0, await InUse());
    }

    [Theory]
    [InlineData("identity/weights/77/activate", "feed-manager", HttpStatusCode.NotFound)]
    [InlineData("identity/weights/0/activate", "mental-health-clinician", HttpStatusCode.Forbidden)]
    public async Task Weights_that_are_not_there_or_by_somebody_else_are_refused(string path, string role, HttpStatusCode status) =>
        Assert.Equal(status, (await Send(path, """{"reason":"Because"}""", role)).Status);

    private Task<FhirResponse> Send(string path, string body, string role) =>
        api.Send(HttpMethod.Post, api.Base.Replace("/fhir", $"/{path}", StringComparison.Ordinal), body, role, "application/json");

    private async Task<int> InUse() => (await api.Send(HttpMethod.Get, api.Base.Replace("/fhir", "/identity/queue", StringComparison.Ordinal), null, "feed-manager")).Json.GetProperty("weightsVersion").GetInt32();
}
