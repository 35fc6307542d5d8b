using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Record.Core.Audit.Seals;

/// <summary>A row of the audit as it stands in the database, with everything that its digest covers.</summary>
internal sealed record AuditRecord(
    long Id, long Transaction, DateTimeOffset At, Guid Request, string Actor, string Role, string Organisation, string Purpose, string Client, string? Network,
    char Action, string Interaction, string? ResourceType, string? ResourceId, string? Query, string Outcome, IReadOnlyList<string> Patients)
{
    /// <summary>Bytes of a digest: the first half of SHA-256, enough that no second row has it.</summary>
    public const int DigestLength = 16;

    /// <summary>The digest of every field. Each text has its length before it, so that nothing moves from one field to the next.</summary>
    public void Digest(Span<byte> digest)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        Add(bytes, Id);
        Add(bytes, Transaction);
        Add(bytes, At.UtcTicks);
        Request.TryWriteBytes(bytes.GetSpan(16));
        bytes.Advance(16);
        foreach (var text in (ReadOnlySpan<string?>)[Actor, Role, Organisation, Purpose, Client, Network, Action.ToString(), Interaction, ResourceType, ResourceId, Query, Outcome]) Add(bytes, text);
        Add(bytes, Patients.Count);
        foreach (var patient in Patients) Add(bytes, patient);
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.WrittenSpan, whole);
        whole[..DigestLength].CopyTo(digest);
    }

    private static void Add(ArrayBufferWriter<byte> bytes, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(8), number);
        bytes.Advance(8);
    }

    private static void Add(ArrayBufferWriter<byte> bytes, string? text)
    {
        Add(bytes, text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        if (text is not null) Encoding.UTF8.GetBytes(text, bytes);
    }
}
