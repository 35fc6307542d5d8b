using System.Text.Json.Nodes;
using Npgsql;

namespace Record.Core.Feeds.Rebuild;

/// <summary>
/// Compares two records: every current resource, and which source patients are one person. Equal means equal but for
/// <c>meta.versionId</c> and <c>meta.lastUpdated</c>, the ids of persons, and the moments at which a task was noticed
/// (<c>authoredOn</c>, <c>lastModified</c>, and a limit counted from them).
/// </summary>
public sealed class CompareStore(NpgsqlDataSource one, NpgsqlDataSource other)
{
    private const string Resources = """
        select type, id, body from record.resource where not deleted and type <> 'Person' order by type, id
        """;

    private const string Persons = """
        select string_agg(patient, ' ' order by patient) from record.link where current group by person order by 1
        """;

    /// <summary>What differs, at most so much; empty if the records are equal. Names resources, never what they say.</summary>
    public async Task<IReadOnlyList<string>> Differences(Access access, int most, CancellationToken cancellation)
    {
        if (!access.IsSystem) throw new UnauthorizedAccessException("Only the service compares records.");
        var differences = new List<string>();
        await using (var first = one.CreateCommand(Resources))
        await using (var second = other.CreateCommand(Resources))
        {
            await using var a = await first.ExecuteReaderAsync(cancellation);
            await using var b = await second.ExecuteReaderAsync(cancellation);
            var (moreA, moreB) = (await a.ReadAsync(cancellation), await b.ReadAsync(cancellation));
            while ((moreA || moreB) && differences.Count < most)
            {
                var order = !moreA ? 1 : !moreB ? -1 : string.CompareOrdinal($"{a.GetString(0)}/{a.GetString(1)}", $"{b.GetString(0)}/{b.GetString(1)}");
                if (order < 0) differences.Add($"only in the first: {a.GetString(0)}/{a.GetString(1)}");
                else if (order > 0) differences.Add($"only in the second: {b.GetString(0)}/{b.GetString(1)}");
                else if (!Same(a.GetFieldValue<byte[]>(2), b.GetFieldValue<byte[]>(2))) differences.Add($"differs: {a.GetString(0)}/{a.GetString(1)}");
                if (order <= 0) moreA = await a.ReadAsync(cancellation);
                if (order >= 0) moreB = await b.ReadAsync(cancellation);
            }
        }

        var (linked, again) = (await Linked(one, cancellation), await Linked(other, cancellation));
        differences.AddRange(linked.Except(again).Select(person => $"linked otherwise: {person.Split(' ').Length} source patients, the first Patient/{person.Split(' ')[0]}"));
        return differences.Count > most ? differences[..most] : differences;
    }

    private static bool Same(byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b) || JsonNode.DeepEquals(Bare(a), Bare(b));

    private static JsonObject Bare(byte[] body)
    {
        var json = JsonNode.Parse(body)!.AsObject();
        if (json["meta"] is JsonObject meta)
        {
            meta.Remove("versionId");
            meta.Remove("lastUpdated");
        }

        if (json["resourceType"]!.GetValue<string>() == "Task")
            foreach (var noticed in (string[])["authoredOn", "lastModified", "restriction"]) json.Remove(noticed);
        return json;
    }

    private static async Task<List<string>> Linked(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Persons);
        var persons = new List<string>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) persons.Add(row.GetString(0));
        return persons;
    }
}
