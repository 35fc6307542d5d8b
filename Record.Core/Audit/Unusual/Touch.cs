using Record.Core.Identity.Matching;

namespace Record.Core.Audit.Unusual;

/// <summary>Somebody has touched a patient's data: a row of the audit and one of its patients.</summary>
internal sealed record Touch(long Row, DateTimeOffset At, string Actor, string Role, string Organisation, string Patient, string Person, bool Refused);

/// <summary>What a rule raises.</summary>
/// <param name="Rule">Which rule.</param>
/// <param name="First">The first access that it is about.</param>
/// <param name="Subject">The person, or the beginning of a run.</param>
/// <param name="Why">A sentence for the privacy officer, without patient data.</param>
internal sealed record Raised(UnusualRule Rule, Touch First, string Subject, string Why)
{
    public IReadOnlyList<string> Patients { get; init; } = [First.Patient];

    public IReadOnlyList<long> Rows { get; init; } = [First.Row];

    public DateTimeOffset LastAt { get; init; } = First.At;
}

/// <summary>The staff by name of account, by NHS number, and by family name and date of birth.</summary>
internal sealed class StaffRegister(IReadOnlyList<StaffMember> staff)
{
    private readonly Dictionary<string, StaffMember> byActor = staff.ToDictionary(member => member.Actor, StringComparer.Ordinal);
    private readonly ILookup<string, StaffMember> byKey = staff.SelectMany(Keys).ToLookup(pair => pair.Key, pair => pair.Member, StringComparer.Ordinal);

    public StaffMember? Find(string actor) => byActor.GetValueOrDefault(actor);

    /// <summary>Who of the staff a patient is.</summary>
    public StaffMember? Who(MatchSubject patient) => patient.Family.Select(family => $"{family} {patient.BirthDate}").Append(patient.NhsNumber ?? "")
        .SelectMany(key => byKey[key]).FirstOrDefault(member => member.Is(patient));

    private static IEnumerable<(string Key, StaffMember Member)> Keys(StaffMember member)
    {
        if (member.NhsNumber is { } number) yield return (number, member);
        if (member.BirthDate is { } born)
            foreach (var family in member.Families) yield return ($"{family} {born.Replace("-", "", StringComparison.Ordinal)}", member);
    }
}
