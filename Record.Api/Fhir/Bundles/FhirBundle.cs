using System.Buffers;
using System.IO.Pipelines;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>One entry of a Bundle that is answered: a match, a version, or what became of a request.</summary>
internal sealed record BundleEntry
{
    public StoredResource? Resource { get; init; }

    /// <summary>JSON that is not a stored resource: the OperationOutcome of a search.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary><c>match</c>, <c>include</c> or <c>outcome</c>, in a searchset.</summary>
    public string? SearchMode { get; init; }

    /// <summary>POST, PUT or DELETE, in a history.</summary>
    public string? Method { get; init; }

    /// <summary>What became of the entry at the same place, in a response to a batch or transaction.</summary>
    public Answer? Answer { get; init; }

    /// <summary>The request that <see cref="Answer"/> answers.</summary>
    public FhirRequest? Request { get; init; }
}

/// <summary>A Bundle written straight to the socket; bodies are the stored bytes. https://hl7.org/fhir/R4/bundle.html</summary>
/// <param name="Type">searchset, history, batch-response, transaction-response.</param>
/// <param name="Entries">Its entries.</param>
internal sealed record FhirBundle(string Type, IReadOnlyList<BundleEntry> Entries)
{
    private const int FlushFrom = 64 * 1024;

    public long? Total { get; init; }

    /// <summary>Relations and addresses.</summary>
    public IReadOnlyList<(string Relation, string Url)> Links { get; init; } = [];

    public Subset? Subset { get; init; }

    /// <summary>About how many bytes it will be.</summary>
    public int Size
    {
        get
        {
            var size = 200L;
            foreach (var entry in Entries) size += 200 + (entry.Resource?.Body.Length ?? 0);
            return (int)Math.Min(size, int.MaxValue);
        }
    }

    public void Write(IBufferWriter<byte> output, FhirRequest request)
    {
        var json = new JsonOut(output);
        Begin(json);
        for (var i = 0; i < Entries.Count; i++) EntryWriter.Write(json, Entries[i], i == 0, request, Subset);
        End(json);
    }

    /// <summary>Writes to a socket, at the speed at which it takes.</summary>
    public async Task Write(PipeWriter output, FhirRequest request, CancellationToken cancellation)
    {
        Begin(new JsonOut(output));
        for (var i = 0; i < Entries.Count; i++)
        {
            EntryWriter.Write(new JsonOut(output), Entries[i], i == 0, request, Subset);
            if (output.UnflushedBytes > FlushFrom) await output.FlushAsync(cancellation);
        }

        End(new JsonOut(output));
        await output.FlushAsync(cancellation);
    }

    private void Begin(JsonOut json)
    {
        json.Raw("{\"resourceType\":\"Bundle\",\"id\":\""u8);
        json.Plain(Guid.CreateVersion7().ToString());
        json.Raw("\",\"type\":\""u8);
        json.Plain(Type);
        json.Raw("\""u8);
        if (Total is { } total)
        {
            json.Raw(",\"total\":"u8);
            json.Number(total);
        }

        for (var i = 0; i < Links.Count; i++)
        {
            json.Raw(i == 0 ? ",\"link\":[{\"relation\":"u8 : ",{\"relation\":"u8);
            json.Text(Links[i].Relation);
            json.Raw(",\"url\":"u8);
            json.Text(Links[i].Url);
            json.Raw("}"u8);
        }

        if (Links.Count > 0) json.Raw("]"u8);
        if (Entries.Count > 0) json.Raw(",\"entry\":["u8);
    }

    private void End(JsonOut json) => json.Raw(Entries.Count > 0 ? "]}"u8 : "}"u8);
}
