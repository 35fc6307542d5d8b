namespace Record.Core.Feeds.V2;

/// <summary>What is wrong with a message, and where. Never holds a value of the message.</summary>
/// <param name="Place">Segment and field: <c>PID-3</c>, <c>OBX[2]-5</c>; <c>MSH</c> where the frame itself is wrong.</param>
/// <param name="Reason">One sentence for a feed manager.</param>
/// <param name="Code">HL7 table 0357 (message error condition): 100 segment sequence, 101 required field missing,
/// 102 data type, 103 table value, 200 message type, 201 event, 202 processing id, 203 version, 204 unknown key,
/// 205 duplicate key, 207 internal.</param>
public sealed record V2Fault(string Place, string Reason, int Code)
{
    /// <summary>The place and the reason in one line.</summary>
    public override string ToString() => $"{Place}: {Reason}";
}
