using Record.Core.Fhir;

namespace Record.Core;

/// <summary>A row of <c>record.relationship</c>.</summary>
internal readonly record struct RelationshipRow(string Patient, string Party, string Kind, long Grants, DateTimeOffset Since, DateTimeOffset Until);

/// <summary>What follows of a resource's facts by the policy. Pure.</summary>
internal static class Relationships
{
    /// <summary>Before all times of records.</summary>
    public static DateTimeOffset Always { get; } = new(1800, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>After all times of records.</summary>
    public static DateTimeOffset Never { get; } = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The rows of a resource; those that have ended by the time it is written are left out.</summary>
    public static IReadOnlyList<RelationshipRow> Of(AccessRules rules, string type, string patient, SearchValues values, DateTimeOffset written)
    {
        if (values.Facts.Count == 0 && type != "Patient") return [];
        var rows = new List<RelationshipRow>();
        foreach (var fact in values.Facts) Add(rows, rules, patient, fact, values, written);
        if (type == "Patient" && rules.Restricts(values.Values)) rows.Add(new(patient, "", "restricted", Guard.Restricted, Always, Never));
        return rows;
    }

    /// <summary>Who registers a person here has a relationship, until there are facts of care.</summary>
    public static IReadOnlyList<RelationshipRow> OfRegistration(AccessRules rules, string patient, Sight? by, DateTimeOffset written) =>
        by is { WritesByRelationship: true, Organisation.Length: > 0 } && rules.Period("first-contact") is { } period
            ? [new(patient, by.Organisation, "first-contact", Guard.Related, written.AddDays(-period.Before), written.AddDays(period.Open))] : [];

    private static void Add(List<RelationshipRow> rows, AccessRules rules, string patient, RelationshipFact fact, SearchValues values, DateTimeOffset written)
    {
        if (fact.Kind == "objection")
        {
            rows.Add(new(patient, "", fact.Kind, Guard.Objects, fact.From ?? Always, fact.Until ?? Never));
            return;
        }

        if (rules.Period(fact.Kind) is not { } period) return;
        var since = (fact.From ?? written).AddDays(-period.Before);
        var until = fact.Until is { } end ? end.AddDays(period.After) : fact.Ended ? (fact.From ?? written).AddDays(period.After) : written.AddDays(period.Open);
        if (until <= written || until <= since) return;
        var parties = fact.Parties.Count > 0 ? fact.Parties.Distinct() : rules.OrganisationOf(values.Values) is { } organisation ? [organisation] : [];
        foreach (var party in parties) rows.Add(new(patient, party, fact.Kind, Guard.Related, since, until));
    }
}
