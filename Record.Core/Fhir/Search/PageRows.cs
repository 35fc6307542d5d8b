using Npgsql;

namespace Record.Core.Fhir;

/// <summary>What the statement of a page found.</summary>
internal sealed class PageRows(SearchQuery query, SearchPlan plan)
{
    /// <summary>Columns of the statement before and after the keys of the order.</summary>
    private const int Before = 9;

    /// <summary>The matches in order, one more than the page has if there are more.</summary>
    public List<SearchHit> Hits { get; } = [];

    /// <summary>How many match, where that was counted.</summary>
    public long? Total { get; private set; }

    /// <summary>What the statement had seen, where a further page needs it.</summary>
    public string? Snapshot { get; private set; }

    /// <summary>Whether the statement wrote the audit row too.</summary>
    public bool Recorded { get; set; }

    /// <summary>Names of the columns.</summary>
    public static string Columns(SearchPlan plan) =>
        $"rid, type, id, version, updated, patient, body, total, snapshot{string.Concat(plan.Sort.Select((_, i) => $", k{i}"))}, cut";

    /// <summary>Takes a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">Its first column of these.</param>
    public void Take(NpgsqlDataReader row, int first)
    {
        if (!row.IsDBNull(first))
        {
            var resource = ResourceSearch.Resource(row, first, first + Before + plan.Sort.Count);
            Hits.Add(new(resource, new([.. plan.Sort.Select((key, i) => Key(row, key, first + Before + i))], row.GetInt64(first))));
            return;
        }

        Total = row.IsDBNull(first + 7) ? null : row.GetInt64(first + 7);
        if (query.Total == SearchTotal.Cheap && Total > SearchQuery.CheapTotal) Total = null;
        Snapshot = row.IsDBNull(first + 8) ? null : row.GetString(first + 8);
    }

    private static object? Key(NpgsqlDataReader row, SearchSort key, int column) => row.IsDBNull(column) ? null : key.SqlType switch
    {
        "timestamptz" => row.GetFieldValue<DateTimeOffset>(column),
        "numeric" => row.GetDecimal(column),
        _ => row.GetString(column),
    };
}
