namespace Record.Core.Fhir;

/// <summary>
/// What a caller may see, as conditions that every branch of every statement over resources carries (DESIGN.md section 4). Facts are
/// read in the same statement. What depends on the caller alone is bound as values, so that a statement has one text for all callers.
/// </summary>
internal static class AccessSql
{
    private static readonly string PublicTypes = List(SearchParameters.ResourceTypes.Where(Fhir.Compartment.IsPublic));

    /// <summary>Types that, about no patient, hold no patient's data.</summary>
    private static readonly string UnattachedTypes = List(SearchParameters.ResourceTypes.Where(Fhir.Compartment.IsPublic).Concat(["Schedule", "Slot", "Device", "DeviceDefinition", "Task"]));

    /// <summary>The condition on a row of <c>record.resource</c> or <c>record.resource_history</c>.</summary>
    /// <param name="bind">The statement's values.</param>
    /// <param name="sight">What the caller may see.</param>
    /// <param name="now">When.</param>
    /// <param name="a">The row's name in the statement.</param>
    /// <param name="guard">What protects the row, where it is not its own column alone.</param>
    public static string Visible(SqlParameters bind, Sight sight, DateTimeOffset now, string a, string? guard = null)
    {
        if (sight.All) return "true";
        if (!sight.Patients) return $"({a}.patient is null and {a}.type in ({PublicTypes}))";
        return $"(case when {a}.patient is null then {Unattached(sight, a)} or {a}.type = 'Person' and {PersonOpen(a, bind.Once("parties", sight.Parties), bind.Once("now", now), bind.Once("assumed", sight.Assumed))} else (select {Test(bind, sight, a, "s.m", guard)} from (select {Mask(bind, sight, "g.g")} as m from {Granted(bind, sight, now, $"{a}.patient")}) s) end{Closed(bind, sight, a)})";
    }

    /// <summary>The same where all rows are of one person, for whom <see cref="With"/> stands at the statement's begin.</summary>
    public static string VisibleOfOne(SqlParameters bind, Sight sight, string a) =>
        sight.All ? "true" : !sight.Patients ? "false" : $"({Test(bind, sight, a, "(select m from sight)", null)}{Closed(bind, sight, a)})";

    /// <summary>A table <c>sight</c> of one row: what is granted about a person (<c>g</c>) and what is therefore withheld (<c>m</c>).</summary>
    public static string With(SqlParameters bind, Sight sight, DateTimeOffset now, string patient) =>
        $"sight as materialized (select g.g, {Mask(bind, sight, "g.g")} as m from {Granted(bind, sight, now, patient)})";

    /// <summary>The condition on a Patient that is looked for by who it is: found without a relationship too.</summary>
    public static string Found(SqlParameters bind, Sight sight, string a) =>
        $"(({a}.guard & {bind.Once("denied", sight.Denied)}) = 0{Closed(bind, sight, a)})";

    /// <summary>How much of a visible row is shown, a <see cref="PatientCut"/>.</summary>
    public static string Cut(SqlParameters bind, Sight sight, DateTimeOffset now, string a) => sight.All ? "0"
        : $"(case when {a}.type = 'Person' then 1 when {a}.type = 'Patient' then (select case when not ({Test(bind, sight, a, "s.m", null)}) then 2 when s.g & {Guard.Restricted} <> 0 then 1 else 0 end from (select g.g, {Mask(bind, sight, "g.g")} as m from {Granted(bind, sight, now, $"{a}.patient")}) s) else 0 end)";

    /// <summary>The same where all rows are of one person.</summary>
    public static string CutOfOne(Sight sight, string a) => sight.All ? "0" : $"(case when {a}.type = 'Person' or {a}.type = 'Patient' and (select g from sight) & {Guard.Restricted} <> 0 then 1 else 0 end)";

    /// <summary>The condition that a Patient's address, practice and so on may be asked for.</summary>
    public static string Locatable(SqlParameters bind, Sight sight, DateTimeOffset now, string a) =>
        sight.All ? "true" : $"({a}.type <> 'Person' and (select g.g & {Guard.Restricted} = 0 from {Granted(bind, sight, now, $"{a}.patient")}))";

    /// <summary>What is granted about a patient, as a table <c>g(g)</c> of one row: facts of every source patient of the same person.</summary>
    public static string Granted(SqlParameters bind, Sight sight, DateTimeOffset now, string patient) =>
        Granted(patient, bind.Once("parties", sight.Parties), bind.Once("now", now));

    /// <summary>The same with the names of parties and time.</summary>
    public static string Granted(string patient, string parties, string now) => $"""
        (select coalesce(bit_or(f.grants), 0) as g from (
            select {patient} as id
            union all select o.patient from record.link l join record.link o on o.person = l.person and o.current and o.patient <> l.patient where l.patient = {patient} and l.current) p
        join record.relationship f on f.patient = p.id and f.until > {now} and f.since <= {now} and (f.party = any({parties}) or f.kind || '/' || f.party = any({parties}))) g
        """;

    /// <summary>Bits that are withheld where this is granted.</summary>
    public static string Mask(string granted, string denied, string assumed) => $"""
        case when ({granted} | {assumed}) & {Guard.Opens} = 0 then -1::bigint else ({denied} & ~({granted} & {Guard.Openable}))
        | case when {granted} & {Guard.Restricted} <> 0 then {Guard.Whereabouts} else 0 end
        | case when {granted} & {Guard.Objects | Guard.BreakGlass} = {Guard.Objects} then {Guard.Foreign} else 0 end end
        """;

    /// <summary>Resources about no patient.</summary>
    public static string Unattached(Sight sight, string a) => sight.Unattached ? "true" : $"{a}.type in ({UnattachedTypes})";

    /// <summary>Whether a Person's record is open: a Person stands under no patient, it gathers them.</summary>
    public static string PersonOpen(string a, string parties, string now, string assumed) =>
        $"(select (g.g | {assumed}) & {Guard.Opens} <> 0 from {Granted($"(select min(n.patient) from record.link n where n.current and n.person::text = {a}.id)", parties, now)})";

    private static string Mask(SqlParameters bind, Sight sight, string granted) => Mask(granted, bind.Once("denied", sight.Denied), bind.Once("assumed", sight.Assumed));

    private static string Test(SqlParameters bind, Sight sight, string a, string mask, string? guard) =>
        $"({guard ?? a + ".guard"} & {mask}) = 0 and ({mask} & {Guard.Foreign} = 0 or {a}.source = any({bind.Once("own", sight.OwnSources)}))";

    /// <summary>The condition, to be added to another, that the row's source shares with the caller.</summary>
    public static string Closed(SqlParameters bind, Sight sight, string a) =>
        sight.ClosedSources.Length == 0 ? "" : $" and {a}.source <> all({bind.Once("closed", sight.ClosedSources)})";

    private static string List(IEnumerable<string> types) => string.Join(", ", types.Distinct().Select(type => $"'{type}'"));
}
