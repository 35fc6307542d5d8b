using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Record.Core;
using Record.Core.Fhir;
using Record.Core.Imports;

namespace Record.Api.Fhir;

/// <summary>The writes that the lines of a piece ask for, and what is wrong with the others.</summary>
internal sealed class ImportLines
{
    private ImportLines(ImportPiece piece, FhirServices services)
    {
        var (rest, line) = (piece.Body, piece.FirstLine);
        while (true)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var bytes = end < 0 ? rest : rest[..end];
            if (bytes.Span.Trim(" \t\r"u8).Length > 0) Add(piece, bytes, line, services);
            if (end < 0) return;
            rest = rest[(end + 1)..];
            line++;
        }
    }

    public List<(long Line, ResourceWrite Write)> Writes { get; } = [];

    /// <summary>The writes in the order of their ids, a later line of the same resource after an earlier: so that two pieces do not wait for each other crosswise.</summary>
    public IEnumerable<(long Line, ResourceWrite Write)> Sorted() =>
        Writes.OrderBy(line => line.Write.Type, StringComparer.Ordinal).ThenBy(line => line.Write.Id, StringComparer.Ordinal);

    public List<ImportFault> Faults { get; } = [];

    public static ImportLines Of(ImportPiece piece, FhirServices services) => new(piece, services);

    public void Reject(ImportPiece piece, long line, RecordError error) => Faults.Add(new(piece.Input, "", line, Outcome.Bytes(error)));

    private void Add(ImportPiece piece, ReadOnlyMemory<byte> bytes, long line, FhirServices services)
    {
        try
        {
            if (Write(piece, bytes, line, services).TryGet(out var write, out var error)) Writes.Add((line, write));
            else Reject(piece, line, error);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            Reject(piece, line, ImportErrors.NotStored); // one line never stops the others
        }
    }

    private static Result<ResourceWrite> Write(ImportPiece piece, ReadOnlyMemory<byte> bytes, long line, FhirServices services)
    {
        if (!FhirBody.Parse(bytes, services.Limits).TryGet(out var document, out var error)) return error;
        using (document)
        {
            if (FhirBody.Text(document.RootElement, "resourceType"u8) is not { } type) return FhirRequestErrors.NotAResource;
            if (!SearchParameters.IsResourceType(type)) return FhirRequestErrors.UnknownType;
            var id = FhirBody.Text(document.RootElement, "id"u8);
            if (FhirBody.Check(document.RootElement, type, id, services.Validation) is { } wrong) return wrong;
            var write = ResourceWrite.Update(type, id ?? IdOf(piece, line), bytes);
            write.Prepare(document.RootElement);
            return write;
        }
    }

    // The same line gets the same id however often it is tried.
    private static string IdOf(ImportPiece piece, long line)
    {
        Span<byte> name = stackalloc byte[28];
        piece.Job.TryWriteBytes(name);
        BinaryPrimitives.WriteInt32BigEndian(name[16..], piece.Input);
        BinaryPrimitives.WriteInt64BigEndian(name[20..], line);
        return new Guid(SHA256.HashData(name).AsSpan(0, 16)).ToString();
    }
}
