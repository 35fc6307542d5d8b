using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Record.Core.Feeds.Mapping;
using Record.Core.Organisations;
using Record.Core.Patients;

namespace Record.Core.Feeds.Files;

/// <summary>A fault of a row: which column, and why. Never holds a value of the row.</summary>
public sealed record RowFault(string Column, string Reason);

/// <summary>One row under its heading, as the source's configuration reads it. Stored as both, so that a row can be mapped again by itself.</summary>
internal sealed class FileRow
{
    private readonly Dictionary<string, string> said = new(StringComparer.Ordinal);
    private readonly SourceSystem source;
    private readonly List<RowFault> faults = [];

    private FileRow(SourceSystem source, IReadOnlyList<string> heading, IReadOnlyList<string> cells)
    {
        this.source = source;
        if (cells.Count == 0) faults.Add(new("row", "a quote does not close, or the row is longer than 256 KiB"));
        else if (cells.Count != heading.Count) faults.Add(new("row", $"it has {cells.Count} columns, the heading {heading.Count}"));
        foreach (var (name, column) in Mapping.Columns)
        {
            var place = heading.ToList().FindIndex(h => string.Equals(h.Trim(), column, StringComparison.OrdinalIgnoreCase));
            if (place >= 0 && place < cells.Count && cells[place].Trim() is { Length: > 0 } text) said[name] = Coded(name, text.Replace('\0', ' '));
        }
    }

    private FileMapping Mapping => source.File!;

    /// <summary>The stored bytes of a row: its heading and itself.</summary>
    public static byte[] Bytes(CsvRow heading, CsvRow row) => Encoding.UTF8.GetBytes($"{heading.Text}\r\n{row.Text}\r\n");

    /// <summary>The Bundle that stored bytes mean.</summary>
    public static byte[] ToBundle(SourceSystem source, byte[] body)
    {
        var rows = CsvRows.Read(Encoding.UTF8.GetString(body), source.File!.Delimiter[0]).ToList();
        return new FileRow(source, rows[0].Cells, rows[1].Cells).Bundle();
    }

    /// <summary>What to store of a row, refused or not, and what is wrong with it.</summary>
    public static (Arrival Arrival, IReadOnlyList<RowFault> Faults) Judge(SourceSystem source, CsvRow heading, CsvRow row, DateTimeOffset receivedAt)
    {
        var bytes = Bytes(heading, row);
        var read = new FileRow(source, heading.Cells, row.Cells);
        var arrival = new Arrival(source.Code, $"row {Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}", StoredMessage.Row, receivedAt, bytes);
        var bundle = read.Bundle();
        if (read.faults.Count > 0)
            return (arrival with { Refusal = $"line {row.Line}: {string.Join("; ", read.faults.Select(f => $"{f.Column}: {f.Reason}"))}" }, read.faults);
        var happened = read.Instant("eventTime") ?? read.Instant("end") ?? read.Instant("start");
        return (arrival with
        {
            EventTime = happened ?? receivedAt, PatientKey = read.said["patientId"], VisitKey = read.said.GetValueOrDefault("visitId"),
            Demographics = SHA256.HashData(Encoding.UTF8.GetBytes(JsonNode.Parse(bundle)!["entry"]![0]!.ToJsonString())),
        }, []);
    }

    private string Coded(string name, string text)
    {
        if (!Mapping.Codes.TryGetValue(name, out var codes)) return text;
        if (codes.TryGetValue(text, out var ours)) return ours;
        Fault(name, "this code is not listed in the source's configuration");
        return text;
    }

    private byte[] Bundle()
    {
        foreach (var key in (string[])["patientId", "visitId"])
            if (said.TryGetValue(key, out var text) && text.Length > 100) Fault(key, "it is longer than 100 characters");
        if (!said.ContainsKey("patientId")) Fault("patientId", "it is empty");
        var entries = new JsonArray(new JsonObject { ["resource"] = Patient() });
        if (said.ContainsKey("visitId")) entries.Add(new JsonObject { ["resource"] = Encounter() });
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["resourceType"] = "Bundle", ["type"] = "message", ["entry"] = entries });
    }

    private JsonObject Patient()
    {
        var identifiers = new JsonArray(new JsonObject { ["use"] = "usual", ["system"] = source.IdentifierSystem, ["value"] = said.GetValueOrDefault("patientId") });
        if (said.TryGetValue("nhsNumber", out var digits))
        {
            if (NhsNumber.TryParse(digits, null, out var number)) identifiers.Add(Systems.NhsIdentifier(number, said.GetValueOrDefault("nhsNumberStatus") == source.VerifiedNhsNumber ? "01" : "02"));
            else Fault("nhsNumber", "it is not a valid NHS number");
        }

        var patient = new JsonObject { ["resourceType"] = "Patient", ["identifier"] = identifiers };
        var name = new JsonObject { ["use"] = "official" };
        if (said.TryGetValue("family", out var family)) name["family"] = family;
        if (said.TryGetValue("given", out var given)) name["given"] = new JsonArray([.. given.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => (JsonNode)part)]);
        if (said.TryGetValue("prefix", out var prefix)) name["prefix"] = new JsonArray(prefix);
        if (name.Count > 1) patient["name"] = new JsonArray(name);
        if (said.TryGetValue("gender", out var gender))
        {
            if (gender is "male" or "female" or "other" or "unknown") patient["gender"] = gender;
            else Fault("gender", "it must be male, female, other or unknown; list the source's codes");
        }

        if (said.ContainsKey("birthDate") && Time("birthDate") is { } born) patient["birthDate"] = born[..10];
        var address = new JsonObject { ["use"] = "home" };
        if (said.TryGetValue("address", out var line)) address["line"] = new JsonArray(line);
        if (said.TryGetValue("town", out var town)) address["city"] = town;
        if (said.TryGetValue("postcode", out var postcode)) address["postalCode"] = postcode;
        if (address.Count > 1) patient["address"] = new JsonArray(address);
        if (said.TryGetValue("phone", out var phone)) patient["telecom"] = new JsonArray(new JsonObject { ["system"] = "phone", ["value"] = phone, ["use"] = "home" });
        return patient;
    }

    private JsonObject Encounter()
    {
        var encounter = new JsonObject
        {
            ["resourceType"] = "Encounter", ["identifier"] = new JsonArray(new JsonObject { ["system"] = source.IdentifierSystem + "/visit", ["value"] = said["visitId"] }),
        };
        var attendance = said.GetValueOrDefault("attendance");
        var (start, end) = (Time("start"), Time("end"));
        if (Instant("start") is { } from && Instant("end") is { } until && until < from) Fault("end", "it is before the start");
        encounter["status"] = attendance switch { "5" or "6" => "finished", "2" or "3" or "4" or "7" => "cancelled", _ => end is not null ? "finished" : start is not null ? "in-progress" : "planned" };
        encounter["class"] = new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-ActCode", ["code"] = said.GetValueOrDefault("class") ?? "AMB" };
        if (said.TryGetValue("mechanism", out var mechanism)) encounter["type"] = new JsonArray(Systems.Concept(Systems.Mechanism, mechanism));
        var period = new JsonObject();
        if (start is not null) period["start"] = start;
        if (end is not null) period["end"] = end;
        if (period.Count > 0) encounter["period"] = period;
        if (said.TryGetValue("reason", out var reason)) encounter["reasonCode"] = new JsonArray(new JsonObject { ["text"] = reason });
        if (said.TryGetValue("location", out var code))
        {
            if (source.Location(code) is null) Fault("location", "this place is not listed in the source's configuration");
            encounter["location"] = new JsonArray(new JsonObject { ["location"] = new JsonObject { ["identifier"] = new JsonObject { ["value"] = code } } });
        }

        var extensions = new JsonArray();
        if (attendance is not null) extensions.Add(new JsonObject { ["url"] = Systems.AttendanceStatus, ["valueCode"] = attendance });
        if (said.TryGetValue("team", out var team)) extensions.Add(new JsonObject { ["url"] = Systems.ResponsibleTeam, ["valueReference"] = new JsonObject { ["reference"] = $"Organization/{team}" } });
        if (extensions.Count > 0) encounter["extension"] = extensions;
        return encounter;
    }

    private DateTimeOffset? Instant(string name) => Time(name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    // As FHIR writes it: a date, or a time with its offset.
    private string? Time(string name)
    {
        if (!said.TryGetValue(name, out var text)) return null;
        foreach (var format in Mapping.DateFormats)
        {
            if (!DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall) || wall.Year is < 1880 or > 2200) continue;
            if (!format.Contains('H', StringComparison.Ordinal)) return wall.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            return new DateTimeOffset(wall, London.GetUtcOffset(wall)).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
        }

        Fault(name, $"it is not written as {string.Join(" or ", Mapping.DateFormats)}");
        return null;
    }

    private void Fault(string name, string reason)
    {
        var column = Mapping.Columns.GetValueOrDefault(name) ?? name;
        if (faults.All(fault => fault.Column != column)) faults.Add(new(column, reason)); // the first says enough
    }

    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
}
