using System.Text;
using System.Text.Json.Nodes;
using Record.Core;
using Record.Core.Fhir;
using Record.Core.Worklists;
using Record.Tests.Fhir.Search;
using Xunit;

namespace Record.Tests.Opening;

/// <summary>
/// Role by relationship by label by channel: every answer of the record is what a record would answer that holds nothing but what the
/// caller may see. No cell leaks a value, a count or an order. DESIGN section 4.
/// </summary>
public class MatrixTests(AccessMatrix matrix) : IClassFixture<AccessMatrix>
{
    private static readonly Access Whole = Access.OfService("oracle");

    public static TheoryData<string> Users => [.. AccessMatrix.Callers.Select(caller => caller.User)];

    [Theory]
    [MemberData(nameof(Users))]
    public async Task Every_search_answers_as_if_there_were_nothing_else(string user)
    {
        var (caller, faults, asked) = (Caller(user), new List<string>(), 0);
        foreach (var question in AccessQuestions.All())
        {
            var shown = await Ask(matrix.Real, caller, question);
            var expected = await Ask(question.Finds ? matrix.Finding(caller) : matrix.Own(caller), Whole, question);
            asked++;
            if (shown == "access.sort" || shown == expected) continue;
            faults.Add($"{question.Channel}: {question.Type}?{question.Text}\n   shown    {shown}\n   expected {expected}");
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of {asked}:\n{string.Join('\n', faults.GroupBy(fault => fault.Split(':')[0]).SelectMany(group => group.Take(3)))}");
        Assert.True(asked > 900, $"only {asked} questions");
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task Every_read_version_and_history_answers_as_if_there_were_nothing_else(string user)
    {
        var (caller, faults) = (Caller(user), new List<string>());
        foreach (var resource in AccessWorld.Resources)
        {
            var finds = resource.Type == "Patient";
            Compare(faults, $"read {resource.Type}/{resource.Id}", await Read(matrix.Real, caller, resource), await Read(finds ? matrix.Finding(caller) : matrix.Own(caller), Whole, resource));
            Compare(faults, $"history {resource.Type}/{resource.Id}", await History(matrix.Real, caller, resource.Type, resource.Id), await History(matrix.Own(caller), Whole, resource.Type, resource.Id));
            for (var version = 1; version <= 2; version++)
                Compare(faults, $"vread {resource.Type}/{resource.Id}/{version}", await Version(matrix.Real, caller, resource, version), await Version(matrix.Own(caller), Whole, resource, version));
        }

        foreach (var type in AccessWorld.Resources.Select(resource => resource.Type).Distinct())
        {
            Compare(faults, $"history of {type}", await History(matrix.Real, caller, type, null), await History(matrix.Own(caller), Whole, type, null));
            Compare(faults, $"$meta of {type}", await Meta(matrix.Real, caller, type), await Meta(matrix.Own(caller), Whole, type));
        }

        Compare(faults, "history of everything", await History(matrix.Real, caller, null, null), await History(matrix.Own(caller), Whole, null, null));
        Assert.True(faults.Count == 0, $"{faults.Count}:\n{string.Join('\n', faults.GroupBy(fault => fault.Split(' ')[0]).SelectMany(group => group.Take(3)))}");
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task Every_whole_record_worklist_and_page_answers_as_if_there_were_nothing_else(string user)
    {
        var (caller, faults) = (Caller(user), new List<string>());
        var oracle = new AccessOracle(caller);
        foreach (var person in AccessWorld.People)
        {
            foreach (var patient in person.Patients)
            {
                var shown = await Everything(matrix.Real, caller, patient);
                if (oracle.SeenAmong(person, patient) is { } seen) Compare(faults, $"$everything of {patient}", shown, await Everything(matrix.Own(caller), Whole, seen));
                else Compare(faults, $"$everything of {patient}", Sorted(shown), Sorted(await Compartment(matrix.Own(caller), Whole, person))); // no Patient to ask by: what else is seen
            }

            Compare(faults, $"page of {person.Name}", await Compartment(matrix.Real, caller, person), await Compartment(matrix.Finding(caller), Whole, person));
            var standing = await matrix.Opening.StandingTo(caller, person.Patients, CancellationToken.None);
            Compare(faults, $"way in to {person.Name}", $"{standing.MayOpen}", $"{oracle.IsOpen(person)}");
            if (!oracle.IsOpen(person)) Compare(faults, $"withheld of {person.Name}", $"{standing.Withheld.Count}", "0");
            else
                foreach (var seal in (string[])["mental-health", "sexual-health", "safeguarding", "third-party", "confidential", "mental-health-note", "community-note"])
                    Compare(faults, $"withheld of {person.Name}: {seal}", $"{standing.Withheld.FirstOrDefault(items => items.Seal == seal)?.Count ?? 0}", $"{(Seals(caller, seal) ? oracle.Withheld(person, seal) : 0)}");
        }

        Compare(faults, "worklist", await Work(matrix.Real, caller), await Work(matrix.Own(caller), Whole));
        Assert.True(faults.Count == 0, $"{faults.Count}:\n{string.Join('\n', faults.GroupBy(fault => fault.Split(' ')[0]).SelectMany(group => group.Take(3)))}");
    }

    /// <summary>What gives out resources, and the test that compares it. A method that is added stands in neither list.</summary>
    [Fact]
    public void No_channel_is_left_out()
    {
        string[] compared = ["Read", "ReadVersion", "History", "Search", "MetaInUse", "Everything", "Compartment"];
        string[] writes = ["Begin", "Write", "DisposeAsync", "Find"];

        var methods = typeof(ResourceStore).GetMethods(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName).Select(method => method.Name).Distinct();

        Assert.Empty(methods.Except(compared).Except(writes));
    }

    private static string Sorted(string shown) => string.Join(' ', shown.Split(' ').Where(one => !one.StartsWith("Person/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    private static Access Caller(string user) => AccessMatrix.Callers.First(caller => caller.User == user);

    // Counted is what the caller could open; seals that do not hold for the role are open already.
    private static bool Seals(Access caller, string seal) => seal switch
    {
        "mental-health" => caller.Role is not "mental-health-clinician",
        "mental-health-note" => caller.Role is "acute-clinician" or "community-clinician",
        "community-note" => caller.Role is "acute-clinician",
        _ => true,
    } && caller.Role != "service-manager" || caller.Role == "service-manager" && seal is not ("mental-health-note" or "community-note" or "confidential");

    private static void Compare(List<string> faults, string what, string shown, string expected)
    {
        if (shown != expected) faults.Add($"{what}\n   shown    {shown}\n   expected {expected}");
    }

    private static async Task<string> Ask(Shadow record, Access access, AccessQuestion question)
    {
        if (!SearchQuery.Parse(question.Type, Searching.Parameters(question.Text), new SearchOptions { Base = "https://mse.test/fhir" }).TryGet(out var query, out var error)) return error.Code;
        var result = await record.Store.Search(access, query, CancellationToken.None);
        if (!result.TryGet(out var page, out error)) return error.Code is "access.relationship" or "fhir.forbidden" ? "total 0 []" : error.Code;
        return $"total {page.Total} [{string.Join(' ', page.Matches.Select(Text))}]{(page.Included.Count == 0 ? "" : $" with [{string.Join(' ', page.Included.Select(Text))}]")}";
    }

    private static async Task<string> Read(Shadow record, Access access, WorldResource resource) => Said(await record.Store.Read(access, resource.Type, resource.Id, CancellationToken.None));

    private static async Task<string> Version(Shadow record, Access access, WorldResource resource, int version) => Said(await record.Store.ReadVersion(access, resource.Type, resource.Id, version, CancellationToken.None));

    private static string Said(Result<StoredResource> result) => result.TryGet(out var found, out var error) ? Text(found) : error.Code == "fhir.forbidden" ? "fhir.not-found" : error.Code;

    private static async Task<string> History(Shadow record, Access access, string? type, string? id)
    {
        Assert.True(HistoryQuery.Parse(type, id, [new("_count", "1000")], new SearchOptions()).TryGet(out var query, out _));
        var result = await record.Store.History(access, query, CancellationToken.None);
        return result.TryGet(out var page, out var error) ? $"total {page.Total} [{string.Join(' ', page.Versions.Select(Text))}]" : type is not null && id is null ? "total 0 []" : error.Code == "fhir.forbidden" ? "fhir.not-found" : error.Code;
    }

    private static async Task<string> Meta(Shadow record, Access access, string type)
    {
        var result = await record.Store.MetaInUse(access, type, CancellationToken.None);
        return result.TryGet(out var used, out _) ? string.Join(' ', used.Select(one => $"{one.List}:{one.Value}")) : "";
    }

    private static async Task<string> Everything(Shadow record, Access access, string patient)
    {
        Assert.True(EverythingQuery.Parse(patient, [], new SearchOptions()).TryGet(out var query, out _));
        var result = await record.Store.Everything(access, query, CancellationToken.None);
        return result.TryGet(out var page, out _) ? string.Join(' ', page.Matches.Select(Text)) : "";
    }

    private static async Task<string> Compartment(Shadow record, Access access, WorldPerson person)
    {
        var result = await record.Store.Compartment(access, person.Patients, null, "journey", CancellationToken.None);
        return result.TryGet(out var found, out _) ? string.Join(' ', found.Select(Text)) : "";
    }

    private async Task<string> Work(Shadow record, Access access)
    {
        var result = await new WorklistStore(record.Source, record.Audit, matrix.Rules, matrix.Clock).Of(access, ["R1L-CMHT-BAS"], CancellationToken.None);
        return result.TryGet(out var rows, out _) ? string.Join(' ', rows.Select(row => $"{Text(row.Task)} {(row.Patient is null ? "" : Text(row.Patient))}")) : "";
    }

    // What a resource shows, but for the mark that something was left out.
    private static string Text(StoredResource resource)
    {
        if (resource.Body.IsEmpty) return $"{resource.Reference}/{resource.Version} (deleted)";
        var json = JsonNode.Parse(Encoding.UTF8.GetString(resource.Body.Span))!.AsObject();
        if (json["meta"]?["tag"] is JsonArray tags)
        {
            foreach (var tag in tags.Where(tag => (string?)tag!["code"] == "SUBSETTED").ToList()) tags.Remove(tag);
            if (tags.Count == 0) json["meta"]!.AsObject().Remove("tag");
        }

        return $"{resource.Reference}/{resource.Version}#{Hash(json):x}";
    }

    private static uint Hash(JsonNode json)
    {
        var hash = 2166136261u;
        foreach (var letter in json.ToJsonString()) hash = (hash ^ letter) * 16777619u;
        return hash;
    }
}
