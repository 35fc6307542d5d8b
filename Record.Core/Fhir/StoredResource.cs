using System.Text.Json.Nodes;

namespace Record.Core.Fhir;

/// <summary>One version of a resource as stored.</summary>
/// <param name="Type">FHIR resource type.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Version">1, 2, 3 …</param>
/// <param name="LastUpdated">When this version was written; rises with every version.</param>
/// <param name="Body">UTF-8 JSON as received with <c>id</c> and <c>meta</c> spliced in; empty if deleted.</param>
/// <param name="Deleted">Whether this version says that the resource is no more.</param>
/// <param name="Patient">Id of the source Patient in whose compartment it stands, if any.</param>
public sealed record StoredResource(
    string Type, string Id, int Version, DateTimeOffset LastUpdated, ReadOnlyMemory<byte> Body, bool Deleted, string? Patient)
{
    /// <summary>Whether something was left out of the body because of who asks.</summary>
    public bool IsCut { get; init; }

    /// <summary><c>Type/id</c>.</summary>
    public string Reference => $"{Type}/{Id}";

    /// <summary>The body parsed, for code that decides on it; readers get the bytes.</summary>
    public JsonObject Json() => JsonNode.Parse(Body.Span)!.AsObject();
}

/// <summary>What a write made.</summary>
/// <param name="Resource">The version now current.</param>
/// <param name="Created">Whether it did not exist before.</param>
/// <param name="Changed">False if the same content was there already and nothing was written.</param>
public sealed record Written(StoredResource Resource, bool Created, bool Changed);
