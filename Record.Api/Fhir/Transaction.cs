using System.Text;
using System.Text.Json;
using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR transaction (all or nothing) and batch (each for itself). https://hl7.org/fhir/R4/http.html#transaction</summary>
internal static class Transaction
{
    private sealed record Entry(string Method, string Type, string Id, ReadOnlyMemory<byte> Body, int? IfMatch, string? FullUrl);

    public static async Task<IResult> Handle(HttpRequest request, Access access, ResourceStore store, CancellationToken cancellation)
    {
        if (!access.MayReadPatients) return FhirRequestErrors.MayNotWrite.ToOutcome();
        var bytes = await FhirBody.Bytes(request, cancellation);
        if (FhirBody.Check(bytes, "Bundle", null) is { } wrong) return wrong.ToOutcome();
        using var document = JsonDocument.Parse(bytes);
        var type = document.RootElement.TryGetProperty("type", out var said) ? said.ToString() : "";
        if (type is not ("transaction" or "batch")) return FhirRequestErrors.NotABundle.ToOutcome();
        if (!Entries(document.RootElement).TryGet(out var entries, out var error)) return error.ToOutcome();
        return type == "transaction" ? await Together(Resolved(entries), access, store, cancellation) : await Each(entries, access, store, cancellation);
    }

    private static async Task<IResult> Together(IReadOnlyList<Entry> entries, Access access, ResourceStore store, CancellationToken cancellation)
    {
        if (entries.GroupBy(entry => (entry.Type, entry.Id)).Any(group => group.Count() > 1)) return FhirErrors.SameResourceTwice.ToOutcome();
        await using var transaction = await store.Begin(access, "api", cancellation);
        foreach (var entry in entries) Buffer(transaction, entry);
        var written = await transaction.Commit(cancellation);
        return written.TryGet(out var made, out var error) ? new BundleResult("transaction-response", [.. made.Select(Answer)]) : error.ToOutcome();
    }

    private static async Task<IResult> Each(IReadOnlyList<Entry> entries, Access access, ResourceStore store, CancellationToken cancellation)
    {
        var answers = new List<BundleEntry>();
        foreach (var entry in entries)
        {
            await using var transaction = await store.Begin(access, "api", cancellation);
            Buffer(transaction, entry);
            var written = await transaction.Commit(cancellation);
            answers.Add(written.TryGet(out var made, out var error)
                ? Answer(made[0])
                : new BundleEntry(null) { Status = Problems.StatusOf(error.Kind).ToString(System.Globalization.CultureInfo.InvariantCulture), Outcome = OutcomeResult.Bytes(error) });
        }

        return new BundleResult("batch-response", answers);
    }

    private static void Buffer(RecordTransaction transaction, Entry entry)
    {
        if (entry.Method == "DELETE") transaction.Delete(entry.Type, entry.Id, entry.IfMatch);
        else transaction.Put(entry.Type, entry.Id, entry.Body, entry.Method == "POST" ? 0 : entry.IfMatch);
    }

    private static BundleEntry Answer(Written written) => new(written.Resource with { Body = ReadOnlyMemory<byte>.Empty })
    {
        Status = written.Resource.Deleted ? "204 No Content" : written.Created ? "201 Created" : "200 OK",
    };

    private static Result<IReadOnlyList<Entry>> Entries(JsonElement bundle)
    {
        var entries = new List<Entry>();
        if (!bundle.TryGetProperty("entry", out var array)) return Result<IReadOnlyList<Entry>>.Of(entries);
        if (array.ValueKind != JsonValueKind.Array) return FhirRequestErrors.NotABundle;
        foreach (var element in array.EnumerateArray())
        {
            var read = Read(element, entries.Count + 1);
            if (!read.TryGet(out var entry, out var error)) return error;
            entries.Add(entry);
        }

        return Result<IReadOnlyList<Entry>>.Of(entries);
    }

    private static Result<Entry> Read(JsonElement element, int place)
    {
        string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("request", out var request)) return FhirRequestErrors.BadEntry(place);
        if (Text(request, "ifNoneExist") is not null) return FhirRequestErrors.Conditional;
        var (method, url) = (Text(request, "method"), Text(request, "url") ?? "");
        if (url.Contains('?', StringComparison.Ordinal)) return FhirRequestErrors.Conditional;
        var parts = url.Split('/');
        if (!SearchParameters.IsResourceType(parts[0])) return FhirRequestErrors.BadEntry(place);
        var id = (method, parts.Length) switch
        {
            ("POST", 1) => Guid.CreateVersion7().ToString(),
            ("PUT" or "DELETE", 2) when FhirBody.Id().IsMatch(parts[1]) => parts[1],
            _ => null,
        };
        if (id is null) return FhirRequestErrors.BadEntry(place);
        var expected = Text(request, "ifMatch") is { } match && int.TryParse(match.Replace("W/", "", StringComparison.Ordinal).Trim('"'), out var version) ? version : (int?)null;
        if (method == "DELETE") return new Entry(method, parts[0], id, default, expected, null);
        if (!element.TryGetProperty("resource", out var resource)) return FhirRequestErrors.BadEntry(place);
        var body = Encoding.UTF8.GetBytes(resource.GetRawText());
        return FhirBody.Check(body, parts[0], method == "PUT" ? id : null) is { } error ? error : new Entry(method!, parts[0], id, body, expected, Text(element, "fullUrl"));
    }

    // What refers to another entry by its fullUrl refers to the id that the entry gets. Every other byte stays as it came.
    private static List<Entry> Resolved(IReadOnlyList<Entry> entries)
    {
        var ids = entries.Where(entry => entry.FullUrl is not null && entry.FullUrl.StartsWith("urn:", StringComparison.Ordinal))
            .GroupBy(entry => entry.FullUrl!).ToDictionary(group => group.Key, group => $"{group.First().Type}/{group.First().Id}", StringComparer.Ordinal);
        return [.. entries.Select(entry => ids.Count == 0 || entry.Body.IsEmpty ? entry : entry with { Body = Replace(entry.Body, ids) })];
    }

    private static ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> body, Dictionary<string, string> ids)
    {
        var reader = new Utf8JsonReader(body.Span);
        using var output = new MemoryStream(body.Length);
        var copied = 0;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length < 5 || !reader.ValueSpan.StartsWith("urn:"u8) || !ids.TryGetValue(reader.GetString()!, out var reference)) continue;
            output.Write(body.Span[copied..(int)reader.TokenStartIndex]);
            output.Write(Encoding.UTF8.GetBytes($"\"{reference}\""));
            copied = (int)reader.BytesConsumed;
        }

        if (copied == 0) return body;
        output.Write(body.Span[copied..]);
        return output.ToArray();
    }
}
