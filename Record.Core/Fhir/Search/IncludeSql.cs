using Npgsql;

namespace Record.Core.Fhir;

/// <summary>What comes with a page of matches: what they refer to and what refers to them, each once.</summary>
internal sealed class IncludeSql(NpgsqlConnection connection, SearchContext context, SearchQuery query)
{
    /// <summary>Included resources that a page has at most.</summary>
    public const int Most = 1000;

    private const int Rounds = 5;

    /// <summary>Reads what is included; says whether it was more than a page may have.</summary>
    public async Task<(IReadOnlyList<StoredResource> Resources, bool Capped)> Read(IReadOnlyList<SearchHit> matches, CancellationToken cancellation)
    {
        if (query.Includes.Count == 0 || matches.Count == 0) return ([], false);
        var seen = matches.Select(hit => hit.Place.Number).ToHashSet();
        var included = new List<StoredResource>();
        IReadOnlyList<(long Number, StoredResource Resource)> from = [.. matches.Select(hit => (hit.Place.Number, hit.Resource))];
        for (var round = 0; round < Rounds && from.Count > 0; round++)
        {
            var again = round > 0;
            var found = await Next([.. query.Includes.Where(include => include.Iterate || !again)], from, [.. seen], Most + 1 - included.Count, cancellation);
            from = [.. found.Where(hit => seen.Add(hit.Number))];
            included.AddRange(from.Select(hit => hit.Resource));
            if (included.Count > Most) return (included[..Most], true);
        }

        return (included, from.Count > 0 && query.Includes.Any(include => include.Iterate));
    }

    private async Task<List<(long Number, StoredResource Resource)>> Next(
        List<SearchInclude> includes, IReadOnlyList<(long Number, StoredResource Resource)> from, long[] seen, int most, CancellationToken cancellation)
    {
        var bind = new SqlParameters();
        var sets = includes.Select(include => include.Reverse ? Backward(include, from, bind) : Forward(include, from, bind)).OfType<string>().ToList();
        var found = new List<(long Number, StoredResource Resource)>();
        if (sets.Count == 0) return found;
        await using var command = bind.Command(connection, $"""
            select r.rid, r.type, r.id, r.version, r.updated, r.patient, r.body, {AccessSql.Cut(bind, context.Sight, context.Now, "r")} from record.resource r
            where r.rid in ({string.Join(" union all ", sets)}) and {context.Visible(bind, "r")} and r.rid <> all({bind.Add(seen)}) order by r.rid + 0 limit {bind.Add(most)}
            """);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) found.Add((row.GetInt64(0), ResourceSearch.Resource(row, 0, 7)));
        return found;
    }

    private string? Forward(SearchInclude include, IReadOnlyList<(long Number, StoredResource Resource)> from, SqlParameters bind)
    {
        var sources = from.Where(hit => hit.Resource.Type == include.Source && !hit.Resource.IsCut).ToList(); // what is shown in part leads nowhere
        if (sources.Count == 0) return null;
        var sets = new List<string>
        {
            $"""
            select t.rid from record.search_value s join record.resource t on t.type = split_part(s.value, '/', 1) and t.id = split_part(s.value, '/', 2)
            where s.rid = any({bind.Add(sources.Select(hit => hit.Number).ToArray())}) and s.parameter = any({Numbers(include, bind)}){(include.Target is null ? "" : $" and t.type = {bind.Add(include.Target)}")}
            """,
        };
        var patients = sources.Select(hit => hit.Resource.Patient).OfType<string>().Distinct().ToArray();
        if (include.References.Any(reference => reference.IsPatient) && include.Target is null or "Patient" && patients.Length > 0)
            sets.Add($"select t.rid from record.resource t where t.type = 'Patient' and t.id = any({bind.Add(patients)})");
        return string.Join(" union all ", sets);
    }

    private string? Backward(SearchInclude include, IReadOnlyList<(long Number, StoredResource Resource)> from, SqlParameters bind)
    {
        var targets = from.Where(hit => include.Target is null || hit.Resource.Type == include.Target).Select(hit => hit.Resource).ToList();
        if (targets.Count == 0) return null;
        var sets = new List<string>
        {
            $"select s.rid from record.search_value s where s.parameter::int = any({Numbers(include, bind)}) and s.value = any({bind.Add(targets.Select(target => target.Reference).ToArray())}){Locatable(include, bind)}",
        };
        var patients = targets.Where(target => target.Type == "Patient").Select(target => target.Id).ToArray();
        if (include.References.Any(reference => reference.IsPatient) && patients.Length > 0)
            sets.Add($"select t.rid from record.resource t where t.patient_key = any({bind.Add(Array.ConvertAll(patients, PatientKey.Of))}) and t.patient = any({bind.Add(patients)}) and t.type = {bind.Add(include.Source)} and not t.deleted");
        return string.Join(" union all ", sets);
    }

    // Whose practice something is, is not told of restricted people.
    private string Locatable(SearchInclude include, SqlParameters bind) => context.Sight.All || !include.References.Any(Whereabouts.Tells) ? ""
        : $" and exists (select from record.resource w where w.rid = s.rid and {AccessSql.Locatable(bind, context.Sight, context.Now, "w")})";

    private string Numbers(SearchInclude include, SqlParameters bind) => bind.Add(include.References.Select(reference => context.Numbers.Parameter(reference)).ToArray());
}
