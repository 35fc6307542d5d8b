using System.Text;
using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>Documents (MDM T01 to T11): a DocumentReference with its text or file; an addendum appends, a replacement supersedes, a cancellation takes back.</summary>
internal static class Documents
{
    private static readonly FieldMap<Draft> Header = new("TXA")
    {
        { 2, "DocumentReference.type", (d, v) => d.Set("type", v, Datatypes.Concept) },
        { 4, "DocumentReference.context.period.start", (d, v) => d.Set("context.period", v, (said, _) => Datatypes.DateTime(said, d) is { } from ? new JsonObject { ["start"] = from } : null) },
        { 5, "DocumentReference.author (primary activity provider), where TXA-9 is empty", (d, v) => { if (!d.Json.ContainsKey("author")) d.Set("author", v, Datatypes.Practitioners); } },
        { 6, "DocumentReference.date (origination), where TXA-8 is empty", (d, v) => d.Set("date", v, Datatypes.Instant) },
        { 8, "DocumentReference.date (edit)", (d, v) => d.Set("date", v, (said, draft) => Datatypes.Instant(said.Repetition(1), draft)) },
        { 9, "DocumentReference.author", (d, v) => d.Set("author", v, Datatypes.Practitioners) },
        { 12, "DocumentReference.masterIdentifier (decides the document)", (d, v) => d.Put("masterIdentifier", Datatypes.Identifier(v, d.Source, "document")) },
        { 13, "DocumentReference.relatesTo: appends (T05, T06), replaces (T09, T10)" },
        { 14, "DocumentReference.context.related: the order", (d, v) => { if (Datatypes.Words(v) is { } order) d.Put("context.related", new JsonArray(d.Reference("ServiceRequest", order))); } },
        { 16, "DocumentReference.description, file name", (d, v) => d.Set("description", v, Datatypes.Text) },
        { 17, "DocumentReference.docStatus: DI, DO, IP, IN, PA preliminary; AU, LA, DC final; CA entered-in-error", (d, v) => d.Set("docStatus", v, (said, _) => DocStatus(said.Text)) },
        { 18, "DocumentReference.securityLabel", (d, v) => d.Set("securityLabel", v, Confidentiality) },
        { 19, "DocumentReference.status: OB superseded; CA entered-in-error; others current" },
        { 22, "DocumentReference.authenticator", (d, v) => d.Set("authenticator", v, (said, draft) => Datatypes.Practitioner(said.Repetition(1), draft)) },
    };

    private static readonly FieldNote[] Content =
    [
        new("OBX", 2, "decides what OBX-5 is: TX, FT, ST and others text; ED a file; RP an address"),
        new("OBX", 3, "DocumentReference.content.attachment.title, of the first"),
        new("OBX", 5, "DocumentReference.content.attachment.data (text of all OBX, one a line; or the file), or .url (RP)"),
        new("PV1", 19, "DocumentReference.context.encounter: the visit"),
    ];

    /// <summary>The family.</summary>
    public static Family Family { get; } = new("document", "Documents", Keys, Fold, [Header, Content]);

    /// <summary>The file of an OBX of type ED or RP; null if it holds none.</summary>
    public static JsonObject? Attachment(V2Segment said, Draft draft)
    {
        var value = said.Field(5).Repetition(1);
        var attachment = new JsonObject();
        if (said.Field(2).Text == "RP")
        {
            if (value.Component(1).Text is not { Length: > 0 } url || !Uri.TryCreate(url, UriKind.Absolute, out _)) return null;
            attachment["url"] = url;
        }
        else
        {
            var data = value.Component(5).Bytes;
            var encoding = value.Component(4).Text;
            var bytes = encoding switch
            {
                "Base64" or "BASE64" or "base64" => FromBase64(data),
                "Hex" or "HEX" => FromHex(value.Component(5).Text),
                _ => Encoding.UTF8.GetBytes(value.Component(5).Text),
            };
            if (bytes is not { Length: > 0 }) return null;
            attachment["data"] = Convert.ToBase64String(bytes);
        }

        attachment["contentType"] = Mime(value.Component(2).Text, value.Component(3).Text);
        if (Datatypes.Words(said.Field(3).Component(2)) is { } title) attachment["title"] = title;
        return attachment;
    }

    private static IEnumerable<string> Keys(Reading reading) => reading.Type != "MDM" ? []
        : ((int[])[12, 13]).Select(field => Number(reading.Message, field)).Where(key => key.Length is > 0 and <= 200).Distinct();

    private static string Number(V2Message message, int field) => message.Segment("TXA").Field(field).Component(1).Text;

    private static Folded Fold(SourceSystem source, CareSystem system, string key, IReadOnlyList<Reading> readings)
    {
        var document = new Draft("DocumentReference", source);
        var (status, said) = ("current", false);
        foreach (var reading in readings)
        {
            var header = reading.Message.Segment("TXA");
            document.ReceivedAt = reading.ReceivedAt;
            if (Number(reading.Message, 12) != key)
            {
                if (reading.Trigger is "T09" or "T10") status = "superseded"; // another takes its place
                continue;
            }

            said = true;
            Header.Apply(document, header);
            document.Put("subject", document.Reference("Patient", reading.Stored.PatientKey));
            if (Visits.Key(reading.Message) is { Length: > 0 } visit) document.Put("context.encounter", new JsonArray(document.Reference("Encounter", visit)));
            status = (reading.Trigger, header.Field(19).Text, header.Field(17).Text) switch
            {
                ("T11", _, _) or (_, "CA", _) or (_, _, "CA") => "entered-in-error",
                (_, "OB", _) => "superseded",
                _ => "current",
            };
            if (Number(reading.Message, 13) is { Length: > 0 } parent && parent != key && reading.Trigger is "T05" or "T06" or "T09" or "T10")
                document.Put("relatesTo", new JsonArray(new JsonObject
                {
                    ["code"] = reading.Trigger is "T05" or "T06" ? "appends" : "replaces", ["target"] = document.Reference("DocumentReference", Number(reading.Message, 13)),
                }));
            if (Contents(reading.Message, document) is { } contents) document.Put("content", contents);
        }

        if (!said) return Folded.Nothing; // known only as the parent of another: nothing to write yet
        document.Put("status", status);
        if (!document.Json.ContainsKey("content"))
            document.Put("content", new JsonArray(new JsonObject { ["attachment"] = new JsonObject { ["title"] = "The source announced this document without sending its content" } }));
        return new([("DocumentReference", SourceIds.Of(source.Code, "DocumentReference", key), document.Json)], []);
    }

    private static JsonArray? Contents(V2Message message, Draft document)
    {
        var contents = new JsonArray();
        var text = new List<string>();
        string? title = null;
        foreach (var said in message.All("OBX"))
        {
            if (said.Field(2).Text is "ED" or "RP")
            {
                if (Attachment(said, document) is { } file) contents.Add(new JsonObject { ["attachment"] = file });
                continue;
            }

            title ??= Datatypes.Words(said.Field(3).Component(2));
            text.Add(Datatypes.Lines(said.Field(5)) ?? "");
        }

        if (text.Any(line => line.Length > 0))
        {
            var attachment = new JsonObject { ["contentType"] = "text/plain; charset=utf-8", ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join('\n', text))) };
            if (title is not null) attachment["title"] = title;
            contents.Insert(0, new JsonObject { ["attachment"] = attachment });
        }

        return contents.Count > 0 ? contents : null;
    }

    private static JsonNode? DocStatus(string said) => said switch
    {
        "DI" or "DO" or "IP" or "IN" or "PA" => "preliminary",
        "AU" or "LA" or "DC" => "final",
        "CA" => "entered-in-error",
        _ => null,
    };

    private static JsonArray? Confidentiality(V2Value said, Draft _) => said.Text switch
    {
        "V" or "VR" => Label("V"),
        "R" => Label("R"),
        "U" or "UC" or "UWM" => Label("N"),
        _ => null,
    };

    private static JsonArray Label(string code) => new(Systems.Concept("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", code));

    private static string Mime(string type, string subtype) => $"{type}/{subtype}".ToLowerInvariant() switch
    {
        "application/pdf" or "/pdf" or "ap/pdf" => "application/pdf",
        "text/html" or "/html" => "text/html",
        "text/rtf" or "application/rtf" or "/rtf" => "application/rtf",
        "image/jpeg" or "im/jpeg" or "/jpeg" => "image/jpeg",
        "image/png" or "/png" => "image/png",
        "image/tiff" or "im/tiff" or "/tiff" => "image/tiff",
        "text/xml" or "application/xml" or "/xml" or "multipart/x-hl7-cda-level-one" => "text/xml",
        "text/plain" or "tx/" or "text/" => "text/plain",
        _ => "application/octet-stream",
    };

    private static byte[]? FromBase64(ReadOnlySpan<byte> said)
    {
        var text = Encoding.ASCII.GetString(said).Replace("\\.br\\", "", StringComparison.Ordinal).Replace("\\X0D\\", "", StringComparison.Ordinal).Replace("\\X0A\\", "", StringComparison.Ordinal);
        var bytes = new byte[text.Length * 3 / 4 + 3];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static byte[]? FromHex(string text) => text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
}
