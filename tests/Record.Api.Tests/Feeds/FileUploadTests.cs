using System.Net;
using Microsoft.AspNetCore.Builder;
using Testing;
using Xunit;

namespace Record.Api.Tests.Feeds;

/// <summary>CSV over HTTP: a bad row is reported by line and column and keeps no other out; who may not, cannot; what is no file is none.</summary>
public sealed class FileUploadTests : IAsyncLifetime
{
    private const string Heading = "Client;NHS No;Surname;Born;Contact;Start";
    private readonly PostgresDatabase database = new();
    private readonly DirectoryInfo config = Directory.CreateTempSubdirectory("mse-epr-upload-");
    private readonly HttpClient http = new();
    private TestIssuer? issuer;
    private WebApplication? app;

    public async Task InitializeAsync()
    {
        Copy(new DirectoryInfo(Checkout.Config), config);
        await File.WriteAllTextAsync(Path.Combine(config.FullName, "sources", "visits.yaml"), """
            code: visits
            name: Health visits, by file
            organisation: R1L
            setting: community
            protocol: csv
            identifierSystem: https://example.org/Id/visits
            verifiedNhsNumber: verified
            defaultKind: community-team
            file:
              delimiter: ";"
              dateFormats: [dd/MM/yyyy HH:mm, dd/MM/yyyy]
              columns: { patientId: Client, nhsNumber: NHS No, family: Surname, birthDate: Born, visitId: Contact, start: Start }
            """);
        await database.InitializeAsync();
        issuer = await TestIssuer.Start();
        app = RecordApiHost.Build(RecordApi.Arguments(database, issuer, $"--Config:Directory={config.FullName}"));
        await app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await app!.StopAsync();
        await app.DisposeAsync();
        await issuer!.DisposeAsync();
        await database.DisposeAsync();
        http.Dispose();
        config.Delete(true);
    }

    private async Task<FhirResponse> Upload(string file, string role = "system", string source = "visits")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{app!.Urls.First()}/feeds/{source}/file") { Content = new StringContent(file, System.Text.Encoding.UTF8, "text/csv") };
        request.Headers.Authorization = new("Bearer", issuer!.Token(role));
        using var response = await http.SendAsync(request);
        return new(response, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_bad_row_is_reported_by_line_and_column_and_the_rest_goes_in()
    {
        var file = string.Join("\r\n", Heading, "U1;;Good;01/02/1980;K1;04/01/2026 10:00", "U2;;Bad;31/02/1980;K2;04/01/2026 10:00", "U3;999 000 0019;Worse;01/02/1980;K3;soon", "U4;;Fine;03/04/1981;K4;04/01/2026 11:00");

        var answer = await Upload(file);
        var again = await Upload(file);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal((4, 2, 0), Counts(answer));
        var refused = answer.Json.GetProperty("refused").EnumerateArray().ToDictionary(row => row.GetProperty("line").GetInt32(), row => row.GetProperty("faults").EnumerateArray().Select(fault => fault.GetProperty("column").GetString()!).ToArray());
        Assert.Equal([3, 4], refused.Keys);
        Assert.Equal(["Born"], refused[3]);
        Assert.Contains("Start", refused[4]);
        Assert.Equal((4, 0, 2), Counts(again));
        Assert.Equal(2L, await database.Scalar("select count(*) from record.message where source = 'visits' and state = 'received'"));
        Assert.Equal(2L, await database.Scalar("select count(*) from record.message where source = 'visits' and state = 'refused'"));
    }

    [Theory]
    [InlineData("mental-health-clinician", "visits", HttpStatusCode.Forbidden)]
    [InlineData("system", "basildon-pas", HttpStatusCode.Conflict)]
    [InlineData("system", "nobody", HttpStatusCode.NotFound)]
    public async Task Who_may_not_or_a_source_that_sends_no_files_is_refused(string role, string source, HttpStatusCode status) => Assert.Equal(status, (await Upload(Heading + "\r\n", role, source)).Status);

    [Theory]
    [InlineData("")]
    [InlineData("Client;Surname\r\nU1;Half a heading")]
    public async Task What_is_no_such_file_is_refused_whole_and_says_why(string file)
    {
        var answer = await Upload(file);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("The file is empty.|Line 1".Split('|'), said => answer.Text.Contains(said, StringComparison.Ordinal));
        Assert.Equal(0L, await database.Scalar("select count(*) from record.message where source = 'visits'"));
    }

    private static (int Rows, int Taken, int Repeated) Counts(FhirResponse answer) => (answer.Json.GetProperty("rows").GetInt32(), answer.Json.GetProperty("taken").GetInt32(), answer.Json.GetProperty("repeated").GetInt32());

    private static void Copy(DirectoryInfo from, DirectoryInfo to)
    {
        foreach (var file in from.GetFiles()) file.CopyTo(Path.Combine(to.FullName, file.Name));
        foreach (var below in from.GetDirectories()) Copy(below, to.CreateSubdirectory(below.Name));
    }
}
