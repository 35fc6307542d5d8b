using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Conditional interactions: what a question finds inside a transaction.</summary>
public sealed partial class RecordTransaction
{
    /// <summary>
    /// Ids of what matches as this transaction sees it. Whoever asks the same, or for the same identifier, waits until this transaction
    /// has ended: so of many who create conditionally at once, one does.
    /// </summary>
    /// <param name="query">Read strictly.</param>
    /// <param name="most">Ids to give at most; two tell one from several.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<Result<IReadOnlyList<string>>> Match(SearchQuery query, int most, CancellationToken cancellation)
    {
        try
        {
            var context = await Context(query, cancellation);
            if (!context.IsSettled)
            {
                await using (var hold = new NpgsqlBatch(Connection) { Timeout = 30, BatchCommands = { MatchLockSql.Lock(query) } }) await hold.ExecuteNonQueryAsync(cancellation);
                context = await Context(query, cancellation); // whoever held the lock may have brought the system that was unknown before
            }

            if (query.Person) context.Persons = await PersonSql.Expand(Connection, query.Criteria.OfType<Criterion.OwnPatient>().SelectMany(own => own.Ids), cancellation);
            var (text, values) = PageSql.Ids(query, context, most);
            await using var batch = new NpgsqlBatch(Connection) { Timeout = 30, BatchCommands = { MatchLockSql.Lock(query), values.BatchCommand(text) } };
            var ids = new List<string>();
            await using var row = await batch.ExecuteReaderAsync(cancellation);
            await row.NextResultAsync(cancellation);
            while (await row.ReadAsync(cancellation)) ids.Add(row.GetString(0));
            return ids;
        }
        catch (Exception problem) when (ResourceSearch.IsTimeout(problem))
        {
            return SearchErrors.TooLong;
        }
    }

    private async Task<SearchContext> Context(SearchQuery query, CancellationToken cancellation)
    {
        var context = new SearchContext { Access = Access, Sight = writer.Rules.SightOf(Access, clock.GetUtcNow()), Numbers = Numbers, Now = clock.GetUtcNow() };
        await context.Load(query.Criteria, cancellation);
        return context;
    }
}
