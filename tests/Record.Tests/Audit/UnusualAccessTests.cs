using Microsoft.Extensions.Logging.Abstractions;
using Record.Core;
using Record.Core.Audit.Seals;
using Record.Core.Audit.Unusual;
using Testing;
using Xunit;

namespace Record.Tests.Audit;

/// <summary>Access that somebody should look at is raised by rules that are data; who decides is the user's employer.</summary>
public sealed class UnusualAccessTests : IAsyncLifetime
{
    private const string OwnNumber = "9997770021", ColleagueNumber = "9997770048";

    private static readonly Access Nurse = new("mh.nurse", "mental-health-clinician", "R1L", "TREAT", "test", Guid.Empty);
    private static readonly Access Privacy = new("privacy.mh", "privacy-officer", "R1L", "TREAT", "test", Guid.Empty);

    private static readonly StaffMember[] Staff =
    [
        new() { Actor = "mh.nurse", Name = "Joe Whitfield", Given = "Joe", Family = "Whitfield", Organisation = "R1L", NhsNumber = OwnNumber, BirthDate = "1990-07-02", Address = "18 Rectory Road", Postcode = "SS15 9ZZ" },
        new() { Actor = "community.nurse", Name = "Priya Nair", Given = "Priya", Family = "Nair", Organisation = "R1L", NhsNumber = ColleagueNumber, BirthDate = "1987-11-23" },
        new() { Actor = "acute.doctor", Name = "Dr Amara Okafor", Given = "Amara", Family = "Okafor", Organisation = "RAJ", BirthDate = "1984-03-12" },
    ];

    private static readonly UnusualRule[] Rules =
    [
        new() { Rule = UnusualRule.OwnRecord, Title = "t", QuietDays = 30 }, new() { Rule = UnusualRule.SameAddress, Title = "t", QuietDays = 30 },
        new() { Rule = UnusualRule.SameSurname, Title = "t", AtMost = 2, QuietDays = 30 }, new() { Rule = UnusualRule.Colleague, Title = "t", QuietDays = 30 },
        new() { Rule = UnusualRule.Strangers, Title = "t", Patients = 3, WithinMinutes = 10, KnownForDays = 30, QuietDays = 1 },
    ];

    private readonly RecordStore record = new();

    public async Task InitializeAsync()
    {
        await record.InitializeAsync();
        foreach (var (id, json) in ((string, string)[])
        [
            ("own", Patient("Other", "Name", "1950-01-01", OwnNumber)),
            ("own-unnumbered", Patient("Whitfield", "Joseph Joe", "1990-07-02", null)),
            ("neighbour", Patient("Different", "Ann", "1980-01-01", null, "18 Rectory Rd", "ss159zz")),
            ("down-the-road", Patient("Different", "Bob", "1980-01-01", null, "20 Rectory Road", "SS15 9ZZ")),
            ("namesake", Patient("Whitfield", "Anna", "2001-01-01", null)),
            ("colleague", Patient("Nair", "P", "1987-11-23", ColleagueNumber)),
            ("other-trust", Patient("Okafor", "Amara", "1984-03-12", null)),
            ("stranger", Patient("Nobody", "Known", "1944-04-04", null)),
        ]) await record.Put("Patient", id, json);
    }

    public Task DisposeAsync() => record.DisposeAsync();

    private static string Patient(string family, string given, string born, string? number, string? line = null, string? postcode = null) =>
        $$"""
        {"resourceType":"Patient","name":[{"family":"{{family}}","given":["{{given.Replace(" ", "\",\"", StringComparison.Ordinal)}}"] }],"birthDate":"{{born}}"
        {{(number is null ? "" : $$""","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"{{number}}"}]""")}}
        {{(line is null ? "" : $$""","address":[{"line":["{{line}}"],"postalCode":"{{postcode}}"}]""")}} }
        """;

    private Task Open(string patient, Access? by = null) => record.Audit.Write(new((by ?? Nurse) with { Request = Guid.NewGuid() }, 'R', "journey", "Patient", null, null, "success", [patient]), CancellationToken.None);

    private async Task Look()
    {
        var seals = new AuditSealStore(record.Source, record.Clock);
        for (var i = 0; i < 600 && (await seals.Unsealed(record.System, await seals.Last(record.System, CancellationToken.None), CancellationToken.None)).Rows > 0; i++)
            if ((await seals.Seal(record.System, null, CancellationToken.None)).Seal is null) await Task.Delay(100); // another database holds the horizon back
        using var watch = new WatchAccess(new(record.Source, record.Clock), Rules, Staff, organisation => [organisation, organisation + "-TEAM"], record.Clock, NullLogger<WatchAccess>.Instance);
        await watch.KeepStaff(CancellationToken.None);
        await watch.LookOnce(CancellationToken.None);
    }

    private UnusualReviewStore Review => new(record.Source, record.Audit, record.Clock);

    private async Task<IReadOnlyList<UnusualAccess>> Raised(bool open = true)
    {
        var listed = await Review.List(Privacy, open, CancellationToken.None);
        Assert.True(listed.TryGet(out var found, out _));
        return found;
    }

    [Theory]
    [InlineData("own", UnusualRule.OwnRecord)]
    [InlineData("own-unnumbered", UnusualRule.OwnRecord)]
    [InlineData("neighbour", UnusualRule.SameAddress)]
    [InlineData("namesake", UnusualRule.SameSurname)]
    [InlineData("colleague", UnusualRule.Colleague)]
    public async Task Each_rule_raises_what_it_is_for(string patient, string rule)
    {
        await Open(patient);
        await Look();

        var raised = Assert.Single(await Raised());

        Assert.Equal((rule, "mh.nurse", "Joe Whitfield", "R1L", 1), (raised.Rule, raised.Actor, raised.ActorName, raised.Organisation, raised.Seen));
    }

    [Theory]
    [InlineData("stranger")]
    [InlineData("down-the-road")]
    [InlineData("other-trust")]
    [InlineData("nobody-that-is-here")]
    public async Task Other_access_is_not_raised(string patient)
    {
        await Open(patient);
        await Look();

        Assert.Empty(await Raised());
    }

    [Fact]
    public async Task A_surname_that_many_have_says_nothing()
    {
        await record.Put("Patient", "namesake-2", Patient("Whitfield", "Bert", "1961-01-01", null));
        await record.Put("Patient", "namesake-3", Patient("whitfield", "Carl", "1971-01-01", null)); // with own-unnumbered four
        await Open("namesake");
        await Look();

        Assert.Empty(await Raised());
    }

    [Fact]
    public async Task A_run_of_strangers_is_raised_once_and_counts_on()
    {
        for (var i = 0; i < 4; i++) await Open($"stranger-{i}");
        await Look();
        var first = await Raised();
        record.Clock.Advance(TimeSpan.FromMinutes(1));
        await Open("stranger-5");
        await Look();

        var raised = Assert.Single(await Raised());

        Assert.Equal(UnusualRule.Strangers, Assert.Single(first).Rule);
        Assert.Equal((first[0].Id, 5), (raised.Id, raised.Patients));
    }

    [Fact]
    public async Task Three_people_or_those_whom_the_user_knows_or_a_slower_pace_are_no_run()
    {
        for (var i = 0; i < 3; i++) await Open($"known-{i}");
        record.Clock.Advance(TimeSpan.FromMinutes(11));
        for (var i = 0; i < 3; i++) await Open($"known-{i}");
        await Open("new-1");
        await Open("new-2");
        await Open("new-3");
        record.Clock.Advance(TimeSpan.FromMinutes(11));
        await Open("new-4");
        await Look();

        Assert.Empty(await Raised());
    }

    [Fact]
    public async Task Patients_of_the_users_team_are_no_strangers()
    {
        for (var i = 0; i < 8; i++) await Open($"ours-{i}");
        await record.Database.Scalar($"insert into record.relationship (patient, party, kind, grants, since, until) select 'ours-' || i, 'R1L-TEAM', 'caseload', 1, '{record.Clock.GetUtcNow():o}'::timestamptz - interval '1 day', 'infinity' from generate_series(0, 4) i");
        await Look();

        Assert.Empty(await Raised()); // three are left
    }

    [Fact]
    public async Task Programs_and_privacy_officers_are_not_watched()
    {
        await Open("own", record.System);
        await Open("own", Privacy);
        await Look();

        Assert.Empty(await Raised());
    }

    [Fact]
    public async Task A_decision_is_kept_with_its_reason_made_once_and_holds_for_a_while()
    {
        await Open("own");
        await Look();
        var raised = Assert.Single(await Raised());
        var review = Review;
        Task<Result<UnusualAccess>> Decide(Access by, string? decision, string? note) => review.Decide(by, raised.Id, decision, note, CancellationToken.None);
        var other = await Decide(Privacy with { Organisation = "RAJ" }, "justified", "x");
        var clinician = await Decide(Nurse, "justified", "x");
        var silent = await Decide(Privacy, "justified", " ");
        var undecided = await Decide(Privacy, null, "x");
        var decided = await Decide(Privacy, "justified", " On the ward as a patient himself. ");
        var again = await Decide(Privacy, "not-justified", "x");
        await Open("own");
        await Look();
        var quiet = (await Raised()).Count;
        record.Clock.Advance(TimeSpan.FromDays(31));
        await Open("own");
        await Look();

        Assert.Equal(("audit.not-found", "audit.forbidden"), (other.Error().Code, clinician.Error().Code));
        Assert.Equal(("audit.no-note", "audit.no-decision", "audit.decided"), (silent.Error().Code, undecided.Error().Code, again.Error().Code));
        Assert.True(decided.TryGet(out var kept, out _));
        Assert.Equal(("justified", "On the ward as a patient himself.", "privacy.mh"), (kept.Decision, kept.Note, kept.DecidedBy));
        Assert.Equal(raised.Id, Assert.Single(await Raised(open: false)).Id);
        Assert.Equal(0, quiet);
        Assert.Single(await Raised());
    }

    [Fact]
    public async Task The_patients_trust_sees_it_and_the_employer_decides()
    {
        await record.Database.Scalar("insert into record.match_subject (patient, features, keys, organisation) values ('own', '{}', '{}', 'RAJ')");
        await Open("own");
        await Look();
        var holder = Privacy with { User = "privacy.acute", Organisation = "RAJ" };
        Assert.True((await Review.List(holder, true, CancellationToken.None)).TryGet(out var seen, out _));

        var decided = await Review.Decide(holder, Assert.Single(seen).Id, "justified", "x", CancellationToken.None);

        Assert.False(seen[0].Mine);
        Assert.Equal("audit.not-yours", decided.Error().Code);
        Assert.Empty((await Review.List(Privacy with { Organisation = "QH8" }, true, CancellationToken.None)).TryGet(out var none, out _) ? none! : [seen[0]]);
    }

    [Fact]
    public void The_files_of_the_product_are_read()
    {
        Assert.True(UnusualRule.ReadAll(Checkout.Config).TryGet(out var rules, out var wrong), wrong?.Detail);
        Assert.True(StaffMember.ReadAll(Path.Combine(Checkout.Config, "audit", "staff.yaml")).TryGet(out var staff, out wrong), wrong?.Detail);
        Assert.Equal(5, rules.Count);
        Assert.Equal(4, staff.Count);
    }

    [Theory]
    [InlineData("- { rule: nosy, title: x }", "none of")]
    [InlineData("- { rule: own-record }", "no title")]
    [InlineData("- { rule: strangers, title: x }", "patients must be")]
    [InlineData("- { rule: same-surname, title: x }", "atMost")]
    [InlineData("- { rule: own-record, title: x, quietDays: -1 }", "quietDays")]
    [InlineData("- { rule: own-record, title: x, colour: red }", "line 1")]
    public void A_rule_that_is_wrong_is_named(string yaml, string says)
    {
        var folder = Directory.CreateTempSubdirectory("mse-epr-rules-");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "audit"));
            File.WriteAllText(Path.Combine(folder.FullName, "audit", "unusual-access.yaml"), yaml);

            Assert.Contains(says, UnusualRule.ReadAll(folder.FullName).Error().Detail, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(true);
        }
    }
}
