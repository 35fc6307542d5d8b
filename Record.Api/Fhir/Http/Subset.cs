using System.Buffers;
using System.Text.Json;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Record.Core;

namespace Record.Api.Fhir;

/// <summary>
/// A part of a resource: <c>_summary</c> and <c>_elements</c>. One pass over the JSON tokens; what stays, stays byte for byte,
/// and the result carries the tag SUBSETTED. https://hl7.org/fhir/R4/search.html#summary
/// </summary>
internal sealed class Subset
{
    private readonly string mode;
    private readonly IReadOnlyList<string> elements;

    private Subset(string mode, IReadOnlyList<string> elements) => (this.mode, this.elements) = (mode, elements);

    /// <summary>What the parameters of a request ask for; null if all of it. <c>_summary=count</c> is the search's own affair.</summary>
    public static Result<Subset?> Of(FhirRequest request)
    {
        if (request.Parameters.Count == 0) return Result<Subset?>.Of(null);
        var (summary, elements) = (request.Parameter("_summary"), request.Parameter("_elements"));
        if (summary is not (null or "true" or "false" or "text" or "data" or "count")) return FhirRequestErrors.BadParameter("_summary");
        if (summary is "true" or "text" or "data") return Result<Subset?>.Of(new Subset(summary, []));
        if (string.IsNullOrEmpty(elements)) return Result<Subset?>.Of(null);
        return Result<Subset?>.Of(Of(null, [.. Names(request)]));
    }

    /// <summary>What a search asked for; null if all of it.</summary>
    public static Subset? Of(string? summary, IReadOnlyList<string> elements) =>
        summary is "true" or "text" or "data" ? new(summary, []) : elements.Count > 0 ? new("elements", elements) : null;

    private static IEnumerable<string> Names(FhirRequest request) => request.Parameters.Where(parameter => parameter.Key == "_elements").SelectMany(parameter => parameter.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>What stays of a resource.</summary>
    public ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> resource)
    {
        var output = new ArrayBufferWriter<byte>(resource.Length);
        Write(resource.Span, output);
        return output.WrittenMemory;
    }

    /// <summary>Writes what stays of a resource.</summary>
    public void Write(ReadOnlySpan<byte> resource, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(resource, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        if (TypeOf(resource) is not { } type || ModelInfo.ModelInspector.FindClassMapping(type) is not { } mapping)
        {
            output.Write(resource);
            return;
        }

        Members(ref reader, resource, output, name => Keeps(mapping, type, name), true);
    }

    // What of a member stays: nothing, all of it, or what a summary of its type keeps.
    private Kept Keeps(ClassMapping mapping, string type, string name)
    {
        if (name is "resourceType" or "id" or "meta") return Kept.All;
        var property = SummaryElements.Find(mapping, name);
        return mode switch
        {
            "data" => name is "text" or "_text" ? Kept.None : Kept.All,
            "text" => name == "text" || property is { IsMandatoryElement: true } ? Kept.All : Kept.None,
            "elements" => property is { IsMandatoryElement: true } || property is not null && elements.Any(element => element == property.Name || element == $"{type}.{property.Name}" || element == name) ? Kept.All : Kept.None,
            _ => SummaryElements.Of(mapping, name),
        };
    }

    private static void Members(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, IBufferWriter<byte> output, Func<string, Kept> keeps, bool top)
    {
        output.Write("{"u8);
        var any = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var name = reader.GetString()!;
            var kept = keeps(name);
            reader.Read();
            if (kept.Nothing)
            {
                reader.Skip();
                continue;
            }

            if (any) output.Write(","u8);
            any = true;
            output.Write(json[start..(int)reader.TokenStartIndex]); // the name, and the colon
            if (top && name == "meta") Meta(ref reader, json, output);
            else Value(ref reader, json, output, kept);
        }

        output.Write("}"u8);
    }

    private static void Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, IBufferWriter<byte> output, Kept kept)
    {
        if (kept.Of is { } mapping && reader.TokenType == JsonTokenType.StartObject)
        {
            Members(ref reader, json, output, name => SummaryElements.Of(mapping, name), false);
            return;
        }

        if (kept.Of is not null && reader.TokenType == JsonTokenType.StartArray)
        {
            output.Write("["u8);
            for (var any = false; reader.Read() && reader.TokenType != JsonTokenType.EndArray; any = true)
            {
                if (any) output.Write(","u8);
                Value(ref reader, json, output, kept);
            }

            output.Write("]"u8);
            return;
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        output.Write(json[start..(int)reader.BytesConsumed]);
    }

    // meta keeps what it has and gets one tag more.
    private static void Meta(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var start = (int)reader.TokenStartIndex;
        int? tags = null;
        var empty = true;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            empty = false;
            if (reader.CurrentDepth != depth + 1 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("tag"u8)) continue;
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray) tags = (int)reader.BytesConsumed;
        }

        var end = (int)reader.BytesConsumed;
        if (tags is { } at)
        {
            output.Write(json[start..at]);
            output.Write(Tag);
            if (json[at..end].TrimStart(" \t\r\n"u8)[0] != (byte)']') output.Write(","u8);
            output.Write(json[at..end]);
            return;
        }

        output.Write(json[start..(end - 1)]);
        output.Write(empty ? "\"tag\":["u8 : ",\"tag\":["u8);
        output.Write(Tag);
        output.Write("]}"u8);
    }

    private static ReadOnlySpan<byte> Tag => """{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}"""u8;

    private static string? TypeOf(ReadOnlySpan<byte> resource)
    {
        var reader = new Utf8JsonReader(resource, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("resourceType"u8);
            reader.Read();
            if (isType) return reader.GetString();
            reader.Skip();
        }

        return null;
    }
}
