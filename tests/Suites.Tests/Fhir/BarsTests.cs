using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Record.Api.Tests;
using Testing;
using Xunit;

namespace Suites.Tests.Fhir;

/// <summary>The examples of the booking and referral standard's own repository, sent to $process-message.</summary>
public class BarsTests(RecordApi api) : IClassFixture<RecordApi>
{
    private Task<FhirResponse> Process(string body, string request, string correlation) =>
        api.Send(HttpMethod.Post, "/$process-message", body, "system", headers: [("X-Request-ID", request), ("X-Correlation-ID", correlation)]);

    private async Task<long> Effects() => (long)(await api.Database.Scalar("select count(*) from record.change where cause = 'bars'"))!;

    // Every JSON of the example suite is sent. Messages are taken, or refused with the reason that is theirs; what is no message is refused.
    [Fact]
    public async Task The_examples_of_the_booking_and_referral_standard_are_taken_or_refused_with_a_reason()
    {
        var data = Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");
        using var archive = ZipFile.OpenRead(Path.Combine(data, "uk", "bars-api-examples.zip"));
        var (taken, refused) = (new List<string>(), new List<string>());
        foreach (var entry in archive.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.Ordinal)).OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
            var text = await reader.ReadToEndAsync();
            var request = Guid.NewGuid().ToString();
            var before = await Effects();
            var answer = await Process(text, request, Guid.NewGuid().ToString());
            var isMessage = JsonNode.Parse(text) is JsonObject json && json["resourceType"]?.GetValue<string>() == "Bundle" && json["type"]?.GetValue<string>() == "message";
            if (answer.Status == HttpStatusCode.OK)
            {
                Assert.True(isMessage, entry.FullName);
                foreach (var focus in answer.Json.GetProperty("entry")[0].GetProperty("resource").GetProperty("focus").EnumerateArray()) // what the message is about is in the record
                    Assert.Equal(HttpStatusCode.OK, (await api.Send(HttpMethod.Get, "/" + focus.GetProperty("reference").GetString(), null, "system")).Status);
                Assert.Equal(HttpStatusCode.Conflict, (await Process(text, request, Guid.NewGuid().ToString())).Status);
                taken.Add(entry.Name);
            }
            else
            {
                Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, $"{entry.FullName}: {answer.Status} {answer.Text}");
                Assert.Equal(isMessage ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.BadRequest, answer.Status);
                Assert.Equal(before, await Effects());
                if (isMessage) refused.Add($"{entry.Name}: {answer.Json.GetProperty("issue")[0].GetProperty("diagnostics").GetString()!.Split(": ")[1]}");
            }
        }

        // Five of the seven messages are wrong by FHIR R4 or the NHS number's own rule, and are told where.
        Assert.Equal(["Booking (POST).json", "POST-body.json"], taken.Order(StringComparer.Ordinal));
        Assert.Equal(
        [
            "Booking (HTTP Response) .json: Appointment.basedOn[0].type", "POST-success.json: Appointment.basedOn[0].type", "ValidationRequest (HTTP Response) .json: ServiceRequest.performer[0].reference",
            "ValidationRequest (POST) .json: Patient.identifier[0].value", "ValidationResponse (POST) .json: Patient.identifier[0].value",
        ], refused.Order(StringComparer.Ordinal));
    }
}
