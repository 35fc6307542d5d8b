using Record.Core.Identity.Matching;

namespace Record.Core.Audit.Unusual;

/// <summary>Which rules one access to one person falls under, by who the two are: pure.</summary>
internal static class KinRules
{
    /// <summary>The rules, the closest first; one is enough.</summary>
    /// <param name="touch">Who touched whom.</param>
    /// <param name="patient">What is known of the patient.</param>
    /// <param name="staff">The register.</param>
    /// <param name="rules">The rules in force.</param>
    public static (UnusualRule Rule, string Why)? Of(Touch touch, MatchSubject patient, StaffRegister staff, IReadOnlyList<UnusualRule> rules)
    {
        UnusualRule? On(string name) => rules.FirstOrDefault(rule => rule.Enabled && rule.Rule == name);
        var (user, who) = (staff.Find(touch.Actor), staff.Who(patient));
        if (user is not null && user.Is(patient)) return On(UnusualRule.OwnRecord) is { } own ? (own, "The user opened a record that is their own.") : null;
        if (user is not null && user.LivesWith(patient) && On(UnusualRule.SameAddress) is { } address) return (address, "The person lives at the user's address.");
        if (who is not null && who.Actor != touch.Actor && who.Organisation == touch.Organisation && On(UnusualRule.Colleague) is { } colleague) return (colleague, "The person works for the same organisation.");
        if (user is not null && patient.Family.Intersect(user.Families).Any() && On(UnusualRule.SameSurname) is { } surname) return (surname, "The person has the user's surname.");
        return null;
    }
}
