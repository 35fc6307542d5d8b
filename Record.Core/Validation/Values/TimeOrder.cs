using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Record.Core.Validation.Values;

/// <summary>Whether two times can be in order, at the precision in which they are given.</summary>
internal static class TimeOrder
{
    private const long ZoneLeeway = 14 * TimeSpan.TicksPerHour;

    /// <summary>False only where the first is certainly after the second; R5 words per-1 that way, and R4 left it open.</summary>
    public static bool IsPossible(JsonElement first, JsonElement second)
    {
        if (first.ValueKind != JsonValueKind.String || second.ValueKind != JsonValueKind.String) return true;
        if (!Moment.TryRead(Raw(first), out var start) || !Moment.TryRead(Raw(second), out var end)) return true;
        var leeway = start.HasTime == end.HasTime ? 0 : ZoneLeeway; // a day without a zone against a time with one
        return start.Earliest <= end.Latest + leeway;
    }

    private static ReadOnlySpan<byte> Raw(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        return raw.Contains((byte)'\\') && Escapes.Fault(raw) is null ? Encoding.UTF8.GetBytes(text.GetString()!) : raw; // some writers escape the plus of a zone
    }
}
