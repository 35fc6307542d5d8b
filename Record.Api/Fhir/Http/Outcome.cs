using System.Buffers;
using System.Text.Json;
using Record.Core;
using Record.Core.Fhir;
using Record.Core.Validation;

namespace Record.Api.Fhir;

/// <summary>OperationOutcomes. https://hl7.org/fhir/R4/operationoutcome.html</summary>
internal static class Outcome
{
    public static ReadOnlyMemory<byte> Bytes(RecordError error) => Bytes(json => Write(json, error));

    /// <summary>What a write did, for <c>Prefer: return=OperationOutcome</c>.</summary>
    public static ReadOnlyMemory<byte> Done(Written written)
    {
        var did = written.Resource.Deleted ? "deleted" : written.Created ? "created" : written.Changed ? "updated" : "left as it was";
        return Information($"{written.Resource.Reference} was {did}: version {written.Resource.Version}.");
    }

    public static ReadOnlyMemory<byte> Information(string sentence) => Of([new(IssueSeverity.Information, "informational", "", sentence)]);

    /// <summary>Issues one by one; one that says that all is well if there are none.</summary>
    public static ReadOnlyMemory<byte> Of(IReadOnlyList<ValidationIssue> issues) => issues.Count == 0
        ? Information("No issues were found.")
        : Bytes(json =>
        {
            Begin(json);
            foreach (var issue in issues) Write(json, issue.SeverityCode, issue.Code, null, issue.Diagnostics, issue.Expression);
            End(json);
        });

    /// <summary>What a search has to tell beside its matches.</summary>
    public static ReadOnlyMemory<byte> OfNotes(IReadOnlyList<SearchNote> notes) => Bytes(json =>
    {
        Begin(json);
        foreach (var note in notes) Write(json, note.Severity, note.Code, null, note.Text, null);
        End(json);
    });

    public static void Write(IBufferWriter<byte> output, RecordError error)
    {
        using var json = new Utf8JsonWriter(output);
        Write(json, error);
    }

    public static void Write(Utf8JsonWriter json, RecordError error)
    {
        Begin(json);
        if (error.Issues.Count == 0) Write(json, "error", error.Issue ?? Problems.IssueOf(error.Kind), error.Code, error.Detail, error.Expression);
        foreach (var issue in error.Issues) Write(json, issue.SeverityCode, issue.Code, error.Code, issue.Diagnostics, issue.Expression);
        End(json);
    }

    private static ReadOnlyMemory<byte> Bytes(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return buffer.WrittenMemory;
    }

    private static void Begin(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "OperationOutcome");
        json.WriteStartArray("issue");
    }

    private static void End(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string severity, string code, string? ours, string sentence, string? expression)
    {
        json.WriteStartObject();
        json.WriteString("severity", severity);
        json.WriteString("code", code);
        json.WriteStartObject("details");
        if (ours is not null)
        {
            json.WriteStartArray("coding");
            json.WriteStartObject();
            json.WriteString("system", "https://errors.mse-epr.nhs.uk");
            json.WriteString("code", ours);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteString("text", sentence);
        json.WriteEndObject();
        json.WriteString("diagnostics", sentence);
        if (!string.IsNullOrEmpty(expression))
        {
            json.WriteStartArray("expression");
            json.WriteStringValue(expression);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
