using System.Buffers.Binary;

namespace Record.Core.Validation.Definitions;

/// <summary>A fixed set of short names in UTF-8 and what each stands for; found by bytes, without making a string.</summary>
internal sealed class Utf8Names<T> where T : class
{
    private readonly (byte[] Name, T Value)[] slots;
    private readonly uint mask;

    public Utf8Names(IReadOnlyCollection<(byte[] Name, T Value)> entries)
    {
        var size = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, entries.Count * 3));
        slots = new (byte[], T)[size];
        mask = size - 1;
        foreach (var entry in entries)
        {
            var at = Hash(entry.Name) & mask;
            while (slots[at].Name is not null) at = (at + 1) & mask;
            slots[at] = entry;
        }
    }

    /// <summary>What a name stands for; null where it is none of them.</summary>
    public T? Find(ReadOnlySpan<byte> name)
    {
        for (var at = Hash(name) & mask; slots[at].Name is { } candidate; at = (at + 1) & mask)
            if (name.SequenceEqual(candidate)) return slots[at].Value;
        return null;
    }

    /// <summary>Up to eight bytes of either end and the length.</summary>
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        ulong first, last;
        if (name.Length >= 8)
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(name);
            last = BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]);
        }
        else if (name.Length >= 4)
        {
            first = BinaryPrimitives.ReadUInt32LittleEndian(name);
            last = BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]);
        }
        else if (name.Length > 0)
        {
            first = name[0];
            last = (ulong)name[^1] << 8 | name[name.Length / 2];
        }
        else return 0;

        var mixed = (first * 0x9E3779B97F4A7C15) ^ ((last + (ulong)name.Length) * 0xC2B2AE3D27D4EB4F);
        return (uint)((mixed * 0x165667B19E3779F9) >> 32);
    }
}
