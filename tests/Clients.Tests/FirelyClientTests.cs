using System.Net;
using System.Net.Http.Headers;
using Hl7.Fhir.Model;
using Hl7.Fhir.Rest;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace Clients.Tests;

/// <summary>Programs on .NET work against the record: the FhirClient of the Firely SDK.</summary>
[Collection(Record.Name)]
public sealed class FirelyClientTests(RunningRecord record) : IAsyncLifetime
{
    private const string Loinc = "http://loinc.org";

    private readonly HttpClient http = new();
    private FhirClient client = null!;

    public async Task InitializeAsync()
    {
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await record.Token());
        client = new FhirClient(record.Fhir, http, new FhirClientSettings { PreferredFormat = ResourceFormat.Json, VerifyFhirVersion = true });
    }

    public Task DisposeAsync()
    {
        client.Dispose();
        http.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task It_reads_what_the_server_can_do()
    {
        var capabilities = (await client.CapabilityStatementAsync())!;

        Assert.Equal(FHIRVersion.N4_0_1, capabilities.FhirVersion);
    }

    [Fact]
    public async Task It_creates_and_reads()
    {
        var created = (await client.CreateAsync(Person("Created")))!;
        var read = (await client.ReadAsync<Patient>($"Patient/{created.Id}"))!;

        Assert.Equal("1", created.Meta!.VersionId);
        Assert.True(created.IsExactly(read));
    }

    [Fact]
    public async Task It_updates_by_version_and_an_old_version_is_refused()
    {
        var first = (await client.CreateAsync(Person("Before")))!;
        var second = (Patient)first.DeepCopy();
        second.Name[0].Family = "After";
        var updated = (await client.UpdateAsync(second, versionAware: true))!;
        var refused = await Assert.ThrowsAsync<FhirOperationException>(() => client.UpdateAsync(first, versionAware: true));

        Assert.Equal(("2", "After"), (updated.Meta!.VersionId, updated.Name[0].Family));
        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.Status);
    }

    [Fact]
    public async Task It_creates_conditionally_once()
    {
        var person = Person("Once");
        var condition = new SearchParams().Where($"identifier={person.Identifier[0].System}|{person.Identifier[0].Value}");
        var first = (await client.ConditionalCreateAsync(person, condition))!;
        await client.ConditionalCreateAsync(person, condition);
        var found = (await client.SearchAsync<Patient>(condition))!;

        Assert.Equal(first.Id, Assert.Single(found.Entry).Resource!.Id);
    }

    [Fact]
    public async Task It_deletes_and_then_it_is_gone()
    {
        var created = (await client.CreateAsync(Person("Deleted")))!;
        await client.DeleteAsync($"Patient/{created.Id}");
        var refused = await Assert.ThrowsAsync<FhirOperationException>(() => client.ReadAsync<Patient>($"Patient/{created.Id}"));

        Assert.Equal(HttpStatusCode.Gone, refused.Status);
        Assert.NotEmpty(refused.Outcome!.Issue);
    }

    [Fact]
    public async Task It_searches_page_by_page()
    {
        var person = (await client.CreateAsync(Person("Searched")))!;
        for (var day = 1; day <= 7; day++) await client.CreateAsync(Height(person.Id!, day));
        var sizes = new List<int>();
        var values = new List<decimal?>();
        var search = new SearchParams().Where($"patient={person.Id}").Where($"code={Loinc}|8302-2").OrderBy("date", SortOrder.Descending).LimitTo(3);
        for (var page = await client.SearchAsync<Observation>(search); page is not null; page = await client.ContinueAsync(page))
        {
            sizes.Add(page.Entry.Count);
            values.AddRange(page.Entry.Select(entry => ((entry.Resource as Observation)?.Value as Quantity)?.Value));
        }

        Assert.Equal([3, 3, 1], sizes);
        Assert.Equal([167m, 166m, 165m, 164m, 163m, 162m, 161m], values);
    }

    [Fact]
    public async Task It_reads_the_history()
    {
        var first = (await client.CreateAsync(Person("First")))!;
        var second = (Patient)first.DeepCopy();
        second.Name[0].Family = "Second";
        await client.UpdateAsync(second);
        var history = (await client.HistoryAsync($"Patient/{first.Id}"))!;

        Assert.Equal(["Second", "First"], history.Entry.Select(entry => (entry.Resource as Patient)?.Name[0].Family));
    }

    [Fact]
    public async Task It_sends_a_transaction()
    {
        var bundle = new TransactionBuilder(record.Fhir, Bundle.BundleType.Transaction).Create(Person("Transaction")).ToBundle();
        bundle.Entry[0].FullUrl = $"urn:uuid:{Guid.NewGuid()}";
        var height = Height("x", 1);
        height.Subject = new ResourceReference(bundle.Entry[0].FullUrl);
        bundle.Entry.Add(new() { Resource = height, Request = new() { Method = Bundle.HTTPVerb.POST, Url = "Observation" } });
        var answer = (await client.TransactionAsync(bundle))!;
        var read = (await client.ReadAsync<Observation>(new Uri(answer.Entry[1].Response!.Location!, UriKind.RelativeOrAbsolute)))!;

        Assert.Equal(Bundle.BundleType.TransactionResponse, answer.Type);
        Assert.All(answer.Entry, entry => Assert.StartsWith("201", entry.Response!.Status, StringComparison.Ordinal));
        Assert.Contains(read.Subject!.Reference!, answer.Entry[0].Response!.Location, StringComparison.Ordinal);
    }

    private static Patient Person(string family) => new()
    {
        Identifier = [new("https://clients.example/id", Guid.NewGuid().ToString())],
        Name = [new() { Family = family, Given = ["Client"] }],
    };

    private static Observation Height(string patient, int day) => new()
    {
        Status = ObservationStatus.Final,
        Code = new(Loinc, "8302-2"),
        Subject = new($"Patient/{patient}"),
        Effective = new FhirDateTime(2024, 1, day),
        Value = new Quantity(160 + day, "cm"),
    };
}
