using System.Buffers;
using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>What becomes of an interaction: sent as a response of its own, or as an entry of a response Bundle.</summary>
internal sealed record Answer(int Status)
{
    /// <summary>The version that was read or written: its ETag and Last-Modified go with the answer.</summary>
    public StoredResource? Resource { get; init; }

    /// <summary>JSON that is not a stored resource: capabilities, Parameters, an OperationOutcome of success.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    public FhirBundle? Bundle { get; init; }

    public RecordError? Error { get; init; }

    /// <summary>What of the resource is shown; null for all of it, in the bytes stored.</summary>
    public Subset? Subset { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public static implicit operator Answer(RecordError error) => new(Problems.StatusOf(error.Kind)) { Error = error };

    /// <summary>The answer to a write: the resource, nothing, or what was done, as the caller prefers.</summary>
    public static Answer Of(Written written, FhirRequest request)
    {
        var status = written.Resource.Deleted ? StatusCodes.Status204NoContent : written.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        var answer = new Answer(status) { Resource = written.Resource };
        return request.Prefer.Return != Return.Outcome ? answer
            : answer with { Status = status == StatusCodes.Status204NoContent ? StatusCodes.Status200OK : status, Content = Outcome.Done(written) };
    }

    /// <summary>Whether there is a body to send.</summary>
    public bool HasBody => Status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
        && (Error is not null || Bundle is not null || !Content.IsEmpty || Resource is { Body.IsEmpty: false });

    /// <summary>Writes the body.</summary>
    public void Write(IBufferWriter<byte> output, FhirRequest request)
    {
        if (Error is not null) Outcome.Write(output, Error);
        else if (Bundle is not null) Bundle.Write(output, request);
        else if (!Content.IsEmpty) output.Write(Content.Span);
        else if (Subset is not null) Subset.Write(Resource!.Body.Span, output);
        else output.Write(Resource!.Body.Span);
    }
}
