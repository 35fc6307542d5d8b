namespace Record.Core.Fhir;

/// <summary>Searches, histories and a person's whole record. Every answer has its audit row first.</summary>
public sealed partial class ResourceStore
{
    private ResourceSearch? searches;

    private ResourceSearch Searches => searches ??= new(database, Numbers, clock, Rules, audit.InStatements);

    /// <summary>The resources that match, a page at a time.</summary>
    public async Task<Result<SearchPage>> Search(Access access, SearchQuery query, CancellationToken cancellation)
    {
        var interaction = query.Type.Length == 0 ? "search-system" : "search-type";
        if (query.Type.Length > 0 && !MayRead(access, query.Type)) return (await Refuse(access, interaction, query.Type, null, cancellation)).Error();
        var result = await Searches.Search(access, query, cancellation);
        var outcome = result.TryGet(out var page, out var error) ? "success" : error.Code;
        if (page is { IsRecorded: true }) return result;
        var patients = page is null ? [] : page.Included.Count == 0 ? Patients(page.Matches) : Patients(page.Matches.Concat(page.Included));
        await audit.Write(new(access, 'E', interaction, query.Type.Length == 0 ? null : query.Type, null, page?.Query.Text ?? query.Text, outcome, patients), cancellation);
        return result;
    }

    /// <summary>The versions of a resource, of a type, or of everything, newest first, a page at a time.</summary>
    public async Task<Result<HistoryPage>> History(Access access, HistoryQuery query, CancellationToken cancellation)
    {
        var interaction = query.Id is not null ? "history-instance" : query.Type is { Length: > 0 } ? "history-type" : "history-system";
        if (query.Type is { Length: > 0 } type && !MayRead(access, type)) return (await Refuse(access, interaction, type, query.Id, cancellation)).Error();
        var result = await Searches.History(access, query, cancellation);
        var outcome = result.TryGet(out var page, out var error) ? "success" : error.Code;
        await audit.Write(new(access, 'R', interaction, query.Type, query.Id, page?.Query.Text ?? query.Text, outcome, page is null ? [] : Patients(page.Versions)), cancellation);
        return result;
    }

    /// <summary>The profiles, tags and security labels that resources of a type carry, or of every type; at most a thousand.</summary>
    public async Task<Result<IReadOnlyList<MetaInUse>>> MetaInUse(Access access, string? type, CancellationToken cancellation)
    {
        if (type is not null && !MayRead(access, type)) return (await Refuse(access, "meta", type, null, cancellation)).Error();
        var found = await MetaSql.Read(database, Rules.SightOf(access, clock.GetUtcNow()), clock.GetUtcNow(), type, cancellation);
        await audit.Write(new(access, 'R', "meta", type, null, null, "success", []), cancellation);
        return Result<IReadOnlyList<MetaInUse>>.Of(found);
    }

    /// <summary>The whole record of the person whom a source patient is, across all source patients linked to it.</summary>
    public async Task<Result<EverythingPage>> Everything(Access access, EverythingQuery query, CancellationToken cancellation)
    {
        if (!access.MayReadPatients) return (await Refuse(access, "everything", "Patient", query.Patient, cancellation)).Error();
        var result = await Searches.Everything(access, query, cancellation);
        var outcome = result.TryGet(out var page, out var error) ? "success" : error.Code;
        var patients = page is null ? [query.Patient] : Patients(page.Matches).Append(query.Patient).Distinct().ToList();
        await audit.Write(new(access, 'R', "everything", "Patient", query.Patient, page?.Query.Text ?? query.Text, outcome, patients), cancellation);
        return result;
    }
}
