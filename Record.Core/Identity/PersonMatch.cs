using Record.Core.Identity.Matching;

namespace Record.Core.Identity;

/// <summary>A source patient as the store of matching has it.</summary>
/// <param name="Subject">What is compared.</param>
/// <param name="Person">The person it is.</param>
/// <param name="Method">How that was decided.</param>
/// <param name="Held">Whether it may be two people: nothing is linked to it.</param>
/// <param name="About">What is kept of it beside that.</param>
public sealed record Member(MatchSubject Subject, Guid Person, string Method, bool Held, About About);

/// <summary>How well a source patient fits a person: all of the person's records have a say.</summary>
/// <param name="Person">The person.</param>
/// <param name="Best">Id of the source patient that fits best.</param>
/// <param name="Score">Its score.</param>
/// <param name="Zone">What happens.</param>
/// <param name="Reason">Why: a stable word.</param>
public sealed record PersonMatch(Guid Person, string Best, MatchScore Score, Zone Zone, string Reason)
{
    private const int MostCompared = 8;

    /// <summary>Judges a person.</summary>
    /// <param name="rules">Weights and thresholds.</param>
    /// <param name="subject">Who is to be linked.</param>
    /// <param name="members">The person's records; at least one.</param>
    /// <param name="apart">Source patients that a steward keeps apart from the subject.</param>
    public static PersonMatch Of(LinkageRules rules, MatchSubject subject, IReadOnlyList<Member> members, IReadOnlySet<string> apart)
    {
        var scores = members.Take(MostCompared).Select(member => (Id: member.Subject.Id, Score: rules.Score(subject, member.Subject))).ToList();
        var (best, score) = scores.OrderByDescending(scored => scored.Score.Zone).ThenByDescending(scored => scored.Score.Weight).First();
        PersonMatch Is(Zone zone, string reason) => new(members[0].Person, best, score, zone, reason);
        if (members.Any(member => apart.Contains(member.Subject.Id))) return Is(Zone.None, "kept-apart");
        if (score.Zone != Zone.Auto) return Is(score.Zone, score.Reason);
        if (members.Any(member => member.Held)) return Is(Zone.Review, "held");
        if (scores.Any(scored => scored.Score.Comparison[MatchField.NhsNumber] == MatchLevel.Conflict)) return Is(Zone.Review, "nhs-number-conflict");
        var whole = scores.Average(scored => Math.Min(scored.Score.Weight, 2 * rules.Options.AutoFrom));
        return whole >= rules.Options.ReviewFrom ? Is(Zone.Auto, score.Reason) : Is(Zone.Review, "other-records");
    }
}
