using System.Globalization;
using System.Text;

namespace Record.Core.Feeds.V2;

/// <summary>
/// Acknowledgements in the mode that the message asks for: enhanced where MSH-15 or MSH-16 is valued (CA, CE, CR as MSH-15 wants
/// them), original otherwise (AA, AE, AR). Says nothing that the message said of a patient.
/// </summary>
/// <remarks>HL7 v2.5.1 section 2.9.2 and 2.9.3; MSA-1 is of table 0008.</remarks>
public static class V2Acknowledgement
{
    /// <summary>The answer; null where the sender wants none.</summary>
    /// <param name="judgement">What the door said.</param>
    /// <param name="receipt">What became of it.</param>
    /// <param name="now">MSH-7 of the answer.</param>
    public static byte[]? Of(V2Judgement judgement, Receipt receipt, DateTimeOffset now)
    {
        var header = judgement.Message?.Header ?? default;
        var enhanced = header.Field(15).HasValue || header.Field(16).HasValue;
        var failed = receipt.Reason is not null;
        if (enhanced && !Wanted(header.Field(15).Text, failed)) return null;
        var kind = !failed ? 'A' : judgement.Code is >= 200 or 100 && !receipt.Conflict ? 'R' : 'E';
        var code = $"{(enhanced ? 'C' : 'A')}{kind}";
        var time = now.UtcDateTime.ToString("yyyyMMddHHmmss.fff'+0000'", CultureInfo.InvariantCulture);
        var version = header.Field(12).Component(1).Text is { Length: > 0 and < 6 } said ? said : "2.4";
        var text = new StringBuilder($"MSH|^~\\&|MSE-RECORD|MSE|{Echo(header, 3)}|{Echo(header, 4)}|{time}||ACK^{Clean(judgement.Arrival.Trigger)}^ACK|{Guid.CreateVersion7():N}|P|{Clean(version)}||||||UNICODE UTF-8\r");
        text.Append(CultureInfo.InvariantCulture, $"MSA|{code}|{Clean(judgement.Arrival.ControlId)}");
        if (failed) text.Append('|').Append(Clean(receipt.Reason!));
        text.Append('\r');
        if (failed) text.Append(CultureInfo.InvariantCulture, $"ERR|{judgement.Place.Replace('-', '^')}^^{(receipt.Conflict ? 205 : judgement.Code)}\r");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static bool Wanted(string condition, bool failed) => condition switch
    {
        "NE" => false,
        "ER" => failed,
        "SU" => !failed,
        "" => false, // enhanced by MSH-16 alone: no accept acknowledgement is asked for
        _ => true,
    };

    private static string Echo(V2Segment header, int field) => Clean(header.Field(field).Text);

    private static string Clean(string text) // escapes delimiters, so that nothing said can become structure
    {
        var clean = new StringBuilder(text.Length);
        foreach (var letter in text)
            clean.Append(letter switch { '|' => "\\F\\", '^' => "\\S\\", '~' => "\\R\\", '&' => "\\T\\", '\\' => "\\E\\", < ' ' => " ", _ => letter.ToString() });
        return clean.ToString();
    }
}
