using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Record.Core.Audit.Seals;

/// <summary>
/// The seal of a block of audit rows: ids and digests of the rows that a window of transactions wrote, and a head that covers them and
/// the head before. A window with many rows has several blocks, by id; the last of them closes it.
/// </summary>
/// <param name="Block">1, 2, 3 …</param>
/// <param name="WindowStart">First transaction of the window.</param>
/// <param name="WindowEnd">The transaction after its last.</param>
/// <param name="AfterId">Where a block before of the same window ended; 0 at its beginning.</param>
/// <param name="ClosesWindow">Whether no further block of the window follows.</param>
/// <param name="Ids">Ids of the rows, ascending.</param>
/// <param name="Digests">Their digests, one after another.</param>
/// <param name="Key">Which key the head was made with; null: none.</param>
/// <param name="Head">The head.</param>
internal sealed record AuditSeal(
    long Block, long WindowStart, long WindowEnd, long AfterId, bool ClosesWindow, IReadOnlyList<long> Ids, byte[] Digests, string? Key, byte[] Head)
{
    /// <summary>The head before the first block.</summary>
    public static byte[] Nothing { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>Seals rows after the head before.</summary>
    public static AuditSeal Of(AuditSeal open, IReadOnlyList<AuditRecord> rows, byte[] before, SealKey? key)
    {
        var digests = new byte[rows.Count * AuditRecord.DigestLength];
        for (var i = 0; i < rows.Count; i++) rows[i].Digest(digests.AsSpan(i * AuditRecord.DigestLength, AuditRecord.DigestLength));
        var seal = open with { Ids = [.. rows.Select(row => row.Id)], Digests = digests, Key = key?.Name };
        return seal with { Head = seal.HeadAfter(before, key) };
    }

    /// <summary>The digest of one of the rows.</summary>
    public ReadOnlySpan<byte> DigestOf(int row) => Digests.AsSpan(row * AuditRecord.DigestLength, AuditRecord.DigestLength);

    /// <summary>What the head must be.</summary>
    public byte[] HeadAfter(byte[] before, SealKey? key)
    {
        var length = before.Length + 5 * sizeof(long) + Ids.Count * sizeof(long) + Digests.Length;
        var bytes = new byte[length];
        before.CopyTo(bytes, 0);
        var at = before.Length;
        foreach (var number in (ReadOnlySpan<long>)[Block, WindowStart, WindowEnd, AfterId, ClosesWindow ? 1 : 0, .. Ids])
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(at), number);
            at += sizeof(long);
        }

        Digests.CopyTo(bytes, at);
        return key is null ? SHA256.HashData(bytes) : HMACSHA256.HashData(key.Bytes, bytes);
    }
}

/// <summary>A key that heads are made with: whoever has it not can recompute nothing.</summary>
/// <param name="Name">Shown beside each block: the beginning of the key's digest.</param>
/// <param name="Bytes">The key.</param>
internal sealed record SealKey(string Name, byte[] Bytes)
{
    /// <summary>The key that is written as base64.</summary>
    public static SealKey Of(string base64)
    {
        var bytes = Convert.FromBase64String(base64);
        return new(Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8)), bytes);
    }
}
