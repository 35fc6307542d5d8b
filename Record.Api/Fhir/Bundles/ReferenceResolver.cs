using System.Buffers;
using System.Text;
using System.Text.Json;
using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>
/// References inside a transaction: by fullUrl to another entry, or by criteria to what the record holds, become <c>Type/id</c>.
/// Every other byte stays as it came. https://hl7.org/fhir/R4/http.html#trules
/// </summary>
internal sealed class ReferenceResolver(RecordTransaction transaction, FhirRequest bundle)
{
    private readonly Dictionary<string, string> known = new(StringComparer.Ordinal);

    /// <summary>Learns by which names entries are referred to.</summary>
    public RecordError? Know(IReadOnlyList<PlannedWrite> writes)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var write in writes)
        {
            if (write.Item.Request.Method == "DELETE") continue;
            if (TransactionPlan.CriteriaOf(write.Item) is { } criteria) known.TryAdd(criteria, write.Reference);
            if (write.Item.FullUrl is { Length: > 0 } url)
            {
                if (!places.TryAdd(url, write.Item.Place)) return BundleErrors.SameFullUrl(places[url], write.Item.Place);
                known[url] = write.Reference;
                if (Relative(url) is { } relative) known.TryAdd(relative, write.Reference);
            }
        }

        // An entry without a usable fullUrl may be meant by the id that it had where it came from.
        foreach (var write in writes)
            if (write.Item.Request.Method == "POST" && FhirBody.Text(write.Item.Resource, "id"u8) is { } id) known.TryAdd($"{write.Item.Request.Type}/{id}", write.Reference);
        return null;
    }

    /// <summary>A body with its references resolved.</summary>
    public async Task<Result<ReadOnlyMemory<byte>>> Resolve(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        if (body.IsEmpty) return body;
        foreach (var criteria in Unresolved(body.Span))
        {
            var found = await Matching.One(transaction, bundle, criteria[..criteria.IndexOf('?', StringComparison.Ordinal)], criteria, cancellation);
            if (!found.TryGet(out var match, out var error)) return error == FhirRequestErrors.SeveralMatch ? BundleErrors.SeveralReferents : error;
            if (match.Id is null) return BundleErrors.NoReferent;
            known[criteria] = $"{criteria[..criteria.IndexOf('?', StringComparison.Ordinal)]}/{match.Id}";
        }

        return known.Count == 0 ? body : Replace(body);
    }

    private List<string> Unresolved(ReadOnlySpan<byte> body)
    {
        var found = new List<string>();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 256 });
        var isReference = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName) isReference = reader.ValueTextEquals("reference"u8);
            if (reader.TokenType != JsonTokenType.String || !isReference || reader.ValueSpan.IndexOf((byte)'?') < 0) continue;
            var text = reader.GetString()!;
            if (SearchParameters.IsResourceType(text[..text.IndexOf('?', StringComparison.Ordinal)]) && !known.ContainsKey(text) && !found.Contains(text)) found.Add(text);
        }

        return found;
    }

    private ReadOnlyMemory<byte> Replace(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = 256 });
        ArrayBufferWriter<byte>? output = null;
        var (copied, isReference, isText) = (0, false, false);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                isReference = reader.ValueTextEquals("reference"u8);
                isText = reader.ValueTextEquals("value"u8) || reader.ValueTextEquals("div"u8); // Identifier.value is no address
            }

            if (reader.TokenType != JsonTokenType.String || isText || !isReference && !reader.ValueSpan.StartsWith("urn:"u8)) continue;
            if (reader.ValueSpan.Length < 3 || !known.TryGetValue(reader.GetString()!, out var reference)) continue;
            output ??= new ArrayBufferWriter<byte>(body.Length + 256);
            output.Write(body.Span[copied..((int)reader.TokenStartIndex + 1)]);
            Encoding.UTF8.GetBytes(reference, output);
            copied = (int)reader.BytesConsumed - 1;
        }

        if (output is null) return body;
        output.Write(body.Span[copied..]);
        return output.WrittenMemory;
    }

    // The last two parts of a RESTful address: http://other.example/fhir/Patient/1 is Patient/1 to its neighbours.
    private static string? Relative(string url)
    {
        var parts = url.Split('/');
        return parts.Length >= 2 && SearchParameters.IsResourceType(parts[^2]) && FhirBody.Id().IsMatch(parts[^1]) ? $"{parts[^2]}/{parts[^1]}" : null;
    }
}
