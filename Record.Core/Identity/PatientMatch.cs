using System.Text.Json.Nodes;
using Record.Core.Audit;
using Record.Core.Fhir;
using Record.Core.Identity.Matching;
using Record.Core.Identity.Numbers;

namespace Record.Core.Identity;

/// <summary>How sure a match is. http://hl7.org/fhir/R4/valueset-match-grade.html</summary>
public enum MatchGrade
{
    /// <summary>Might be.</summary>
    Possible,

    /// <summary>More likely than not.</summary>
    Probable,

    /// <summary>Would be linked without asking.</summary>
    Certain,
}

/// <summary>A source patient that was found.</summary>
/// <param name="Resource">The Patient.</param>
/// <param name="Grade">How sure.</param>
/// <param name="Chance">The chance that it is the same person, 0 to 1.</param>
public sealed record PatientFound(StoredResource Resource, MatchGrade Grade, double Chance);

/// <summary>What was found for a Patient.</summary>
/// <param name="Matches">The best first.</param>
/// <param name="Crowded">How many groups of records were too large to be compared.</param>
public sealed record MatchAnswer(IReadOnlyList<PatientFound> Matches, int Crowded);

/// <summary>Finds who a Patient is, by the same rules that link. https://hl7.org/fhir/R4/patient-operation-match.html</summary>
public sealed class PatientMatch(ResourceStore store, AuditLog audit, CurrentRules rules)
{
    private const string Interaction = "match";

    /// <summary>Finds source patients.</summary>
    /// <param name="access">Who asks.</param>
    /// <param name="patient">What is known of the person.</param>
    /// <param name="onlyCertain">Only a match that is certain and the only one.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Stops the search.</param>
    public async Task<Result<MatchAnswer>> Find(Access access, JsonObject patient, bool onlyCertain, int count, CancellationToken cancellation)
    {
        if (!access.MayReadPatients) return await Refuse(access, FhirErrors.Forbidden, cancellation);
        var subject = MatchFeatures.Of(patient, "");
        if (!SaysEnough(subject)) return await Refuse(access, IdentityErrors.TooLittle, cancellation);
        var (scored, crowded) = await Scored(access, subject, onlyCertain, cancellation);
        var best = scored.Take(count).ToList();
        var read = await store.Compartment(access, [.. best.Select(match => match.Member.Subject.Id)], ["Patient"], Interaction, cancellation);
        if (!read.TryGet(out var resources, out var error)) return error;
        var byId = resources.ToDictionary(resource => resource.Id);
        return new MatchAnswer([.. best.Where(match => byId.ContainsKey(match.Member.Subject.Id))
            .Select(match => new PatientFound(byId[match.Member.Subject.Id], Grade(match.Score), match.Score.Chance))], crowded);
    }

    private async Task<(List<(Member Member, MatchScore Score)> Scored, int Crowded)> Scored(Access access, MatchSubject subject, bool onlyCertain, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(access, Interaction, cancellation); // reads only
        var current = await rules.In(transaction, cancellation);
        subject = await WithdrawnNumberStore.Applied(transaction, subject, cancellation);
        var sharing = await MatchStore.Sharing(transaction, BlockingKeys.Of(subject), rules.Options, cancellation);
        var scored = sharing.Found.Select(member => (Member: member, Score: current.Score(subject, member.Subject)))
            .Where(match => match.Score.Zone != Zone.None)
            .OrderByDescending(match => Grade(match.Score)).ThenByDescending(match => match.Score.Weight).ThenBy(match => match.Member.Subject.Id, StringComparer.Ordinal).ToList();
        if (!onlyCertain) return (scored, sharing.Crowded);
        var certain = scored.Where(match => Grade(match.Score) == MatchGrade.Certain && !match.Member.Held).ToList();
        return (certain.Select(match => match.Member.Person).Distinct().Count() == 1 ? certain : [], sharing.Crowded);
    }

    private MatchGrade Grade(MatchScore score) =>
        score.Zone == Zone.Auto ? MatchGrade.Certain : score.Weight >= (rules.Options.AutoFrom + rules.Options.ReviewFrom) / 2 ? MatchGrade.Probable : MatchGrade.Possible;

    private static bool SaysEnough(MatchSubject subject)
    {
        var named = subject.Given.Count > 0 || subject.Family.Count > 0;
        return subject.NhsNumber is not null || named && (subject.BirthDate is not null || subject.Postcodes.Count + subject.Phones.Count + subject.Emails.Count > 0);
    }

    private async Task<RecordError> Refuse(Access access, RecordError error, CancellationToken cancellation)
    {
        await audit.Write(new(access, 'E', Interaction, "Patient", null, null, error.Code, []), cancellation);
        return error;
    }
}
