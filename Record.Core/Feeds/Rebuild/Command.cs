using System.Text.Json;

namespace Record.Core.Feeds.Rebuild;

/// <summary>One entry of the command log: what a person or another system decided, not a consequence of the raw log.</summary>
/// <param name="Kind">
/// <c>write</c>, <c>delete</c>; a steward's <c>link</c>, <c>keep-apart</c>, <c>unlink</c>, <c>one-person</c>, <c>two-people</c>,
/// <c>number-invalidated</c>, <c>number-superseded</c>, <c>weights-activated</c>, <c>undo</c>; <c>quarantine</c>; <c>weights</c>.
/// </param>
/// <param name="Type">FHIR resource type.</param>
/// <param name="Id">Logical id; of a decision what it is about: a source patient, of two the first, an NHS number, a version of weights.</param>
/// <param name="Cause">What wrote it.</param>
/// <param name="At">When.</param>
/// <param name="Body">The version that it made; null if it is none.</param>
/// <param name="Details">Of a decision: who, why, about whom.</param>
public sealed record Command(string Kind, string Type, string Id, string Cause, DateTimeOffset At, byte[]? Body, JsonElement Details)
{
    /// <summary>A detail that is text; empty if there is none.</summary>
    internal string Said(string name) => Details.ValueKind == JsonValueKind.Object && Details.TryGetProperty(name, out var said) && said.ValueKind == JsonValueKind.String ? said.GetString()! : "";

    /// <summary>A detail that is a number; 0 if there is none.</summary>
    internal double Number(string name) => Details.ValueKind == JsonValueKind.Object && Details.TryGetProperty(name, out var said) && said.ValueKind == JsonValueKind.Number ? said.GetDouble() : 0;
}
