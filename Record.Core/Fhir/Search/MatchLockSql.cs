using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Locks that conditional interactions hold until their transaction ends, always taken in the same order.</summary>
internal static class MatchLockSql
{
    private const string Take = """
        select pg_advisory_xact_lock(key) from (select key from unnest($1::bigint[]) key order by key) ordered
        """;

    /// <summary>The locks of a question: of each identifier that it names, else of the question itself.</summary>
    public static NpgsqlBatchCommand Lock(SearchQuery query)
    {
        var keys = query.Criteria.OfType<Criterion.Rows>().Where(rows => rows.Parameters[0].Name == "identifier" && rows.Form == SearchForm.Plain)
            .SelectMany(rows => rows.Terms.OfType<SearchTerm.Token>()).Where(token => token.Code is not null).Select(token => Of(query.Type, token.System, token.Code!)).Distinct().ToArray();
        if (keys.Length == 0) keys = [Hash(string.Join('\n', query.Used.Where(p => p.Key is not ("_count" or "_sort" or "_total")).Select(p => $"{p.Key}={p.Value}").Order(StringComparer.Ordinal).Prepend(query.Type)))];
        return new(Take) { Parameters = { new() { Value = keys } } };
    }

    /// <summary>The lock of an identifier of a type.</summary>
    public static long Of(string type, string? system, string value) => Hash($"{type}\n{system}\n{value}");

    private static long Hash(string text) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
