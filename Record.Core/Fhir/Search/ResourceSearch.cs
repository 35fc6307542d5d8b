using System.Text.Json;
using Npgsql;

namespace Record.Core.Fhir;

/// <summary>A match: the resource, its number and its place in the order.</summary>
internal sealed record SearchHit(StoredResource Resource, SearchPlace Place);

/// <summary>Answers questions, a page at a time.</summary>
internal sealed class ResourceSearch(NpgsqlDataSource database, SearchNumberSql numbers, TimeProvider clock, AccessRules rules, bool records) : IAsyncDisposable
{
    private const int MostMoved = 2000;

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private readonly PageKeySql keys = new(database);
    private readonly PageGroups groups = new(database, clock, records);

    /// <summary>One page.</summary>
    public async Task<Result<SearchPage>> Search(Access access, SearchQuery query, CancellationToken cancellation)
    {
        PageToken? after = null;
        if (query.Page is { } text)
        {
            after = PageToken.Open(text, await keys.Get(cancellation));
            if (after is null || after.Of != query.Type) return SearchErrors.BadPage;
            if (!Continue(query, after).TryGet(out var first, out var error)) return error;
            query = first;
        }

        var now = clock.GetUtcNow();
        var context = new SearchContext { Access = access, Sight = rules.SightOf(access, now), Numbers = numbers, Now = now };
        if (!context.Sight.All && query.Sort.Any(key => key.Parameters.Any(Whereabouts.Tells))) return AccessErrors.SortedByWhereabouts;
        try
        {
            await context.Load(query.Criteria, cancellation);
            var recorded = false;
            if (after is null && query is { Person: false, Count: > 0, Type.Length: > 0, Includes.Count: 0 })
            {
                (var together, recorded) = await Together(query, context, cancellation);
                if (together is { } answer) return answer;
            }

            await using var connection = await database.OpenConnectionAsync(cancellation);
            if (query.Person) context.Persons = await PersonSql.Expand(connection, query.Criteria.OfType<Criterion.OwnPatient>().SelectMany(own => own.Ids), cancellation);
            var page = query.Count == 0 ? new SearchPage([]) { Total = await Count(connection, query, context, cancellation), Query = query, Notes = query.Notes }
                : await Page(connection, query, context, after, recorded, cancellation);
            return after is null && await IsClosed(connection, query, context, page, cancellation) ? AccessErrors.NoRelationship : page;
        }
        catch (Exception problem) when (IsTimeout(problem))
        {
            return SearchErrors.TooLong;
        }
    }

    // With others of the same shape. Null: alone, because that takes long, or because a brief page is not all and the total has to be of its moment.
    private async Task<(Result<SearchPage>? Page, bool Recorded)> Together(SearchQuery query, SearchContext context, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var plan = SearchPlan.Of(query, context);
        var brief = query is { Sort.Count: 0, Total: SearchTotal.Cheap } && query.HasCriteria;
        var (text, values) = brief ? PageSql.Brief(query, context, plan) : PageSql.Page(query, context, plan, null);
        if (await groups.Read(text, new(context.Access, query, plan, values)) is not { } found) return (null, false);
        if (found.Hits.Count == 0 && await IsClosed(query, context, cancellation)) return (AccessErrors.NoRelationship, false);
        var more = found.Hits.Count > query.Count;
        if (more && brief) return (null, found.Recorded);
        var matches = more ? found.Hits[..query.Count] : found.Hits;
        var page = new SearchPage([.. matches.Select(hit => hit.Resource)])
        {
            Total = query.Total == SearchTotal.None ? null : more ? found.Total : matches.Count,
            Next = more ? await Next(query, matches[^1].Place, null, found.Total, found.Snapshot, cancellation) : null,
            NextNeedsQuestion = more && PageToken.Keep(query.Used) is null,
            Notes = query.Notes,
            Query = query,
            IsRecorded = found.Recorded,
        };
        return (page, found.Recorded);
    }

    private async Task<bool> IsClosed(SearchQuery query, SearchContext context, CancellationToken cancellation)
    {
        if (context.Sight is { All: true } or { Patients: false } || !query.Criteria.OfType<Criterion.OwnPatient>().Any()) return false;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await IsClosed(connection, query, context, new SearchPage([]) { Query = query }, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => groups.DisposeAsync();

    /// <summary>Versions, newest first.</summary>
    public async Task<Result<HistoryPage>> History(Access access, HistoryQuery query, CancellationToken cancellation)
    {
        PageToken? after = null;
        if (query.Page is { } text)
        {
            after = PageToken.Open(text, await keys.Get(cancellation));
            if (after?.Question is not { } question || after.Of != query.Path) return SearchErrors.BadPage;
            if (!HistoryQuery.Parse(query.Type, query.Id, question.Select(pair => KeyValuePair.Create(pair[0], pair[1])), query.Options with { Strict = after.Strict }).TryGet(out var first, out var error)) return error;
            query = first;
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            var (versions, total) = await HistorySql.Read(connection, rules.SightOf(access, clock.GetUtcNow()), clock.GetUtcNow(), query, after, cancellation);
            if (query.Id is not null && versions.Count == 0 && after is null && total is 0) return FhirErrors.NotFound;
            if (query.Count == 0) return new HistoryPage([]) { Total = total, Query = query, Notes = query.Notes };
            var more = versions.Count > query.Count;
            var shown = more ? versions[..query.Count] : versions;
            var token = !more ? null : new PageToken
            {
                Question = PageToken.Keep(query.Used), Strict = query.Options.Strict, Of = query.Path, Number = shown[^1].Number, Total = after is null ? total : after.Total,
                Keys = [Text(shown[^1].Version.LastUpdated.UtcTicks), Text(shown[^1].Version.Version)],
            };
            return new HistoryPage([.. shown.Select(version => version.Version)])
            {
                Total = after is not null ? after.Total : more ? total : versions.Count, Next = token?.Seal(await keys.Get(cancellation)), Notes = query.Notes, Query = query,
            };
        }
        catch (Exception problem) when (IsTimeout(problem))
        {
            return SearchErrors.TooLong;
        }
    }

    /// <summary>The whole record of a person.</summary>
    public async Task<Result<EverythingPage>> Everything(Access access, EverythingQuery query, CancellationToken cancellation)
    {
        PageToken? after = null;
        if (query.Page is { } text)
        {
            after = PageToken.Open(text, await keys.Get(cancellation));
            if (after?.Question is not { } question || after.Of != query.Path) return SearchErrors.BadPage;
            if (!EverythingQuery.Parse(query.Patient, question.Select(pair => KeyValuePair.Create(pair[0], pair[1])), query.Options with { Strict = after.Strict }).TryGet(out var first, out var error)) return error;
            query = first;
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            var (now, sight) = (clock.GetUtcNow(), rules.SightOf(access, clock.GetUtcNow()));
            var hits = await EverythingSql.Read(connection, sight, now, numbers, query, after, cancellation);
            if (hits.Count == 0 && after is null && await StandingSql.IsClosed(connection, sight, now, [query.Patient], cancellation)) return AccessErrors.NoRelationship;
            if (hits.Count == 0 && after is null && await ResourceWriteSql.Find(connection, "Patient", query.Patient, cancellation) is not { Deleted: false }) return FhirErrors.NotFound;
            var most = query.Count ?? EverythingQuery.Most;
            var more = hits.Count > most;
            var shown = more ? hits[..most] : hits;
            var token = !more ? null : new PageToken { Question = PageToken.Keep(query.Used), Strict = query.Options.Strict, Of = query.Path, Number = shown[^1].Place.Number, Keys = shown[^1].Place.Texts() };
            return new EverythingPage([.. shown.Select(hit => hit.Resource)])
            {
                Total = after is null && !more ? hits.Count : null, Next = token?.Seal(await keys.Get(cancellation)), Query = query,
                Notes = more && query.Count is null ? [.. query.Notes, new("information", "informational", $"One answer has at most {EverythingQuery.Most} resources; follow the link to the next page.")] : query.Notes,
            };
        }
        catch (Exception problem) when (IsTimeout(problem))
        {
            return SearchErrors.TooLong;
        }
    }

    // Nothing found and nothing to be seen are different answers: of a patient whom the caller has no relationship with, the second is said.
    private static async Task<bool> IsClosed(NpgsqlConnection connection, SearchQuery query, SearchContext context, Result<SearchPage> page, CancellationToken cancellation)
    {
        if (context.Sight is { All: true } or { Patients: false } || !page.TryGet(out var found, out _) || found.Matches.Count > 0 || found.Total > 0) return false;
        var asked = query.Criteria.OfType<Criterion.OwnPatient>().SelectMany(own => own.Ids).ToArray();
        return asked.Length > 0 && await StandingSql.IsClosed(connection, context.Sight, context.Now, asked, cancellation);
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether the database gave a statement up because it took too long.</summary>
    public static bool IsTimeout(Exception problem) =>
        problem is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } or NpgsqlException { InnerException: TimeoutException };

    // The question of a further page is the one in the token; where that was too long, the client says it again.
    private static Result<SearchQuery> Continue(SearchQuery query, PageToken after)
    {
        if (after.Question is null) return query.HasCriteria ? query : SearchErrors.BadPage;
        return SearchQuery.Parse(query.Type, after.Question.Select(pair => KeyValuePair.Create(pair[0], pair[1])), query.Options with { Strict = after.Strict });
    }

    private static async Task<long> Count(NpgsqlConnection connection, SearchQuery query, SearchContext context, CancellationToken cancellation)
    {
        var (text, values) = PageSql.Total(query, context);
        await using var command = values.Command(connection, text);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task<Result<SearchPage>> Page(NpgsqlConnection connection, SearchQuery query, SearchContext context, PageToken? after, bool recorded, CancellationToken cancellation)
    {
        var plan = SearchPlan.Of(query, context);
        var found = await Read(connection, query, context, plan, after, cancellation);
        var hits = found.Hits;
        var more = hits.Count > query.Count;
        if (after is { Snapshot: not null } && plan.MayMove)
        {
            var moved = await Moved(connection, query, context, plan, after, cancellation);
            if (moved.Count > MostMoved) return SearchErrors.Moved;
            var order = new SearchOrder(plan.Sort);
            var seen = hits.Select(hit => hit.Place.Number).ToHashSet();
            hits = [.. hits.Concat(moved.Where(hit => !seen.Contains(hit.Place.Number))).OrderBy(hit => hit.Place, order)];
            more = hits.Count > query.Count;
        }

        var matches = more ? hits[..query.Count] : hits;
        var included = await new IncludeSql(connection, context, query).Read(matches, cancellation);
        return new SearchPage([.. matches.Select(hit => hit.Resource)])
        {
            Included = included.Resources,
            Total = after is not null ? after.Total : query.Total == SearchTotal.None ? null : more ? found.Total : matches.Count,
            Next = more ? await Next(query, matches[^1].Place, after, found.Total, found.Snapshot, cancellation) : null,
            NextNeedsQuestion = more && PageToken.Keep(query.Used) is null,
            Notes = included.Capped ? [.. query.Notes, new("warning", "too-costly", $"At most {IncludeSql.Most} included resources come with a page; there are more.")] : query.Notes,
            Query = query,
            IsRecorded = recorded,
        };
    }

    private async Task<string> Next(SearchQuery query, SearchPlace last, PageToken? after, long? total, string? snapshot, CancellationToken cancellation)
    {
        var token = new PageToken
        {
            Question = PageToken.Keep(query.Used), Strict = query.Options.Strict, Of = query.Type, Number = last.Number, Keys = last.Texts(),
            Total = after is null ? total : after.Total, Snapshot = after is null ? snapshot : after.Snapshot,
        };
        return token.Seal(await keys.Get(cancellation));
    }

    private static async Task<PageRows> Read(NpgsqlConnection connection, SearchQuery query, SearchContext context, SearchPlan plan, PageToken? after, CancellationToken cancellation)
    {
        var (text, values) = PageSql.Page(query, context, plan, after);
        await using var command = values.Command(connection, text);
        var found = new PageRows(query, plan);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) found.Take(row, 0);
        return found;
    }

    // What was written since the first page keeps the place it had then.
    private static async Task<List<SearchHit>> Moved(
        NpgsqlConnection connection, SearchQuery query, SearchContext context, SearchPlan plan, PageToken after, CancellationToken cancellation)
    {
        var (text, values) = PageSql.Moved(query, context, after, MostMoved + 1);
        var order = new SearchOrder(plan.Sort);
        var from = SearchPlace.Of(after.Keys, plan.Sort, after.Number);
        await using var command = values.Command(connection, text);
        var moved = new List<SearchHit>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var hit = new SearchHit(Resource(row, 0, 9), PlaceThen(row, plan));
            if (order.Compare(hit.Place, from) > 0) moved.Add(hit);
        }

        return moved;
    }

    private static SearchPlace PlaceThen(NpgsqlDataReader row, SearchPlan plan)
    {
        var (number, type, id) = (row.GetInt64(0), row.GetString(1), row.GetString(2));
        using var body = JsonDocument.Parse(row.GetFieldValue<byte[]>(7), Deep);
        var then = SearchValues.Of(type, id, body.RootElement);
        var updated = row.GetFieldValue<DateTimeOffset>(8);
        return new([.. plan.Sort.Select(key => key.Of(id, updated, then))], number);
    }

    /// <summary>Columns rid, type, id, version, updated, patient, body of a row, and what of the body is shown.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">The column of rid.</param>
    /// <param name="cut">The column that says what is shown.</param>
    public static StoredResource Resource(NpgsqlDataReader row, int first, int cut) => PatientCut.Of(
        new(row.GetString(first + 1), row.GetString(first + 2), row.GetInt32(first + 3), row.GetFieldValue<DateTimeOffset>(first + 4), row.GetFieldValue<byte[]>(first + 6), false,
            row.IsDBNull(first + 5) ? null : row.GetString(first + 5)), row.GetInt32(cut));
}
