using System.Collections.Concurrent;
using Npgsql;
using Record.Core.Database;

namespace Record.Core.Fhir;

/// <summary>A search's first page, asked for.</summary>
/// <param name="Access">Who asks.</param>
/// <param name="Query">What.</param>
/// <param name="Plan">In which order.</param>
/// <param name="Values">The values of its statement.</param>
internal sealed record PageAsked(Access Access, SearchQuery Query, SearchPlan Plan, SqlParameters Values);

/// <summary>
/// First pages of searches that have the same shape and are asked at the same moment, in one statement, which also writes each
/// one's audit row (ADR 0018). A shape whose statements take long makes nobody wait: the next is asked alone.
/// </summary>
internal sealed class PageGroups(NpgsqlDataSource database, TimeProvider clock, bool records) : IAsyncDisposable
{
    private const int MostShapes = 1000;

    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, Grouped<PageAsked, PageRows>> shapes = new(StringComparer.Ordinal);

    /// <summary>The page; null if it has to be asked alone.</summary>
    public async Task<PageRows?> Read(string text, PageAsked asked)
    {
        var key = string.Concat(asked.Values.All.Where(value => value.ColumnType is null).Select(value => "\u0002" + value.Key).Prepend(text));
        if (!shapes.TryGetValue(key, out var shape))
        {
            if (shapes.Count >= MostShapes) shapes.Clear(); // those under way end by themselves
            var group = new PageGroupSql(database, clock, text, asked, records);
            shape = shapes.GetOrAdd(key, _ => new(group.Run, most: 32, atOnce: 2));
        }

        if (shape.IsStuck(Long)) return null;
        try
        {
            return await shape.Do(asked);
        }
        catch (Exception problem) when (problem is NpgsqlException or ObjectDisposedException)
        {
            return null; // one of them may be the cause: each for itself
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var shape in shapes.Values) await shape.DisposeAsync();
    }
}
