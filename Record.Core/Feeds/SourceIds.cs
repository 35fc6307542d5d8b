using System.Security.Cryptography;
using System.Text;

namespace Record.Core.Feeds;

/// <summary>Logical ids made here derive from (source, kind, local id), so that a replay gives the same record.</summary>
public static class SourceIds
{
    /// <summary>The id of a resource that stands for something of a source system: a UUID of version 8.</summary>
    public static string Of(string source, string kind, string localId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{source}|{kind}|{localId}")).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true).ToString();
    }
}
