using System.Globalization;
using System.Text;

namespace Record.Core.Feeds.V2;

/// <summary>What is needed to tell a sender later what became of its message.</summary>
/// <param name="Source">Code of the source system.</param>
/// <param name="ControlId">MSH-10.</param>
/// <param name="Trigger">Trigger event.</param>
/// <param name="Application">MSH-3, as it was sent.</param>
/// <param name="Facility">MSH-4, as it was sent.</param>
/// <param name="Version">MSH-12.</param>
/// <param name="Condition">MSH-16.</param>
public sealed record V2Wish(string Source, string ControlId, string Trigger, string Application, string Facility, string Version, string Condition);

/// <summary>
/// Acknowledgements in the mode that the message asks for: enhanced where MSH-15 or MSH-16 is valued (CA, CE, CR as MSH-15 wants
/// them when the message is durable, AA and AE as MSH-16 wants them when it is mapped), original otherwise (AA, AE, AR when it is
/// durable). Says nothing that the message said of a patient.
/// </summary>
/// <remarks>HL7 v2.5.1 section 2.9.2 and 2.9.3; MSA-1 is of table 0008. ERR has its form of 2.5 from version 2.5 on.</remarks>
public static class V2Acknowledgement
{
    /// <summary>The answer when it is durable; null where the sender wants none.</summary>
    /// <param name="judgement">What the door said.</param>
    /// <param name="receipt">What became of it.</param>
    /// <param name="now">MSH-7 of the answer.</param>
    public static byte[]? Of(V2Judgement judgement, Receipt receipt, DateTimeOffset now)
    {
        var header = judgement.Message?.Header ?? default;
        var enhanced = IsEnhanced(header);
        var failed = receipt.Reason is not null;
        var late = enhanced && failed && !header.Field(15).HasValue; // no accept acknowledgement is asked for: the error goes as the application's
        if (enhanced && !Wanted(header.Field(late ? 16 : 15).Text, failed)) return null;
        var kind = !failed ? 'A' : judgement.Code is >= 200 or 100 && !receipt.Conflict ? 'R' : 'E';
        return Write(WishOf(judgement), $"{(enhanced && !late ? 'C' : 'A')}{kind}", receipt.Reason, judgement.Place.Length > 0 ? judgement.Place : "MSH-10", receipt.Conflict ? 205 : judgement.Code, now);
    }

    /// <summary>Whether the sender wants to hear what became of a message that was taken.</summary>
    public static bool WantsOutcome(V2Judgement judgement, Receipt receipt) =>
        receipt.Reason is null && judgement.Message is { } message && message.Header.Field(16).Text is not ("" or "NE");

    /// <summary>What is needed to tell it.</summary>
    public static V2Wish WishOf(V2Judgement judgement)
    {
        var header = judgement.Message?.Header ?? default;
        return new(judgement.Arrival.Source, judgement.Arrival.ControlId, judgement.Arrival.Trigger, header.Field(3).Text, header.Field(4).Text,
            header.Field(12).Component(1).Text is { Length: > 0 and < 6 } said ? said : "2.4", header.Field(16).Text);
    }

    /// <summary>The application acknowledgement; null where the sender does not want this one.</summary>
    public static byte[]? OfOutcome(V2Wish wish, Outcome outcome, DateTimeOffset now)
    {
        if (!Wanted(wish.Condition, outcome.Reason is not null)) return null;
        var place = outcome.Reason?.Split(':')[0] ?? "";
        return Write(wish, outcome.Reason is null ? "AA" : "AE", outcome.Reason, place.Length is > 0 and < 12 && !place.Contains(' ', StringComparison.Ordinal) ? place : "MSH", 207, now);
    }

    private static bool IsEnhanced(V2Segment header) => header.Field(15).HasValue || header.Field(16).HasValue;

    private static bool Wanted(string condition, bool failed) => condition switch
    {
        "NE" => false,
        "ER" => failed,
        "SU" => !failed,
        "" => false,
        _ => true,
    };

    private static byte[] Write(V2Wish wish, string code, string? reason, string place, int error, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMddHHmmss.fff'+0000'", CultureInfo.InvariantCulture);
        var text = new StringBuilder($"MSH|^~\\&|MSE-RECORD|MSE|{Clean(wish.Application)}|{Clean(wish.Facility)}|{time}||ACK^{Clean(wish.Trigger)}^ACK|{Guid.CreateVersion7():N}|P|{Clean(wish.Version)}||||||UNICODE UTF-8\r");
        text.Append(CultureInfo.InvariantCulture, $"MSA|{code}|{Clean(wish.ControlId)}");
        if (reason is not null) text.Append('|').Append(Clean(reason));
        text.Append('\r');
        if (reason is not null) text.Append(Error(wish.Version, place, error, reason)).Append('\r');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // The place PID-3 or MSH-9.1 is segment, sequence, field and component; a segment alone has no field.
    private static string Error(string version, string place, int code, string reason)
    {
        var parts = place.Split('-', '.');
        var (segment, field, component) = (parts[0].Length == 3 ? parts[0] : "MSH", parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
        var name = Name(code);
        if (string.CompareOrdinal(version, "2.5") < 0) return $"ERR|{segment}^1^{field}^{code}&{name}&HL70357";
        var location = string.Join('^', ((string?[])[segment, "1", field, field is null || component is null ? null : "1", component]).Select(part => part ?? "")).TrimEnd('^');
        return $"ERR||{location}|{code}^{name}^HL70357|E||||{Clean(reason)}";
    }

    private static string Name(int code) => code switch
    {
        100 => "Segment sequence error",
        101 => "Required field missing",
        102 => "Data type error",
        103 => "Table value not found",
        200 => "Unsupported message type",
        201 => "Unsupported event code",
        202 => "Unsupported processing id",
        203 => "Unsupported version id",
        204 => "Unknown key identifier",
        205 => "Duplicate key identifier",
        _ => "Application internal error",
    };

    private static string Clean(string text) // escapes delimiters, so that nothing said can become structure
    {
        var clean = new StringBuilder(text.Length);
        foreach (var letter in text)
            clean.Append(letter switch { '|' => "\\F\\", '^' => "\\S\\", '~' => "\\R\\", '&' => "\\T\\", '\\' => "\\E\\", < ' ' => " ", _ => letter.ToString() });
        return clean.ToString();
    }
}
