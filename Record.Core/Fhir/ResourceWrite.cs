using System.Text.Json;

namespace Record.Core.Fhir;

/// <summary>One write of one resource: its body, or none where it is deleted.</summary>
public sealed class ResourceWrite
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    private ResourceDraft? draft;
    private SearchValues? values;

    private ResourceWrite(string type, string id, ReadOnlyMemory<byte>? json, int? ifMatch, bool isNew) =>
        (Type, Id, Json, IfMatch, IsNew) = (type, id, json, ifMatch, isNew);

    /// <summary>FHIR resource type.</summary>
    public string Type { get; }

    /// <summary>Logical id.</summary>
    public string Id { get; }

    /// <summary>UTF-8 JSON as received; its <c>id</c>, <c>meta.versionId</c> and <c>meta.lastUpdated</c> are replaced. Null deletes.</summary>
    public ReadOnlyMemory<byte>? Json { get; }

    /// <summary>The version that must be current, if any; 0: it must not exist.</summary>
    public int? IfMatch { get; }

    /// <summary>Whether the id was made for this write, so that nothing can have it yet.</summary>
    internal bool IsNew { get; }

    /// <summary>What its caller may see; null where one of our own processes writes.</summary>
    internal Sight? By { get; set; }

    /// <summary>A resource with an id made here.</summary>
    public static ResourceWrite Create(string type, ReadOnlyMemory<byte> json) => new(type, ResourceId.New(), json, 0, true);

    /// <summary>A resource with an id that the caller made for it (a new UUID), so that nothing can have it yet.</summary>
    public static ResourceWrite Create(string type, string id, ReadOnlyMemory<byte> json) => new(type, id, json, 0, true);

    /// <summary>A resource that replaces the current version, or is created under this id.</summary>
    public static ResourceWrite Update(string type, string id, ReadOnlyMemory<byte> json, int? ifMatch = null) => new(type, id, json, ifMatch, false);

    /// <summary>A resource to delete; its history stays.</summary>
    public static ResourceWrite Delete(string type, string id, int? ifMatch = null) => new(type, id, null, ifMatch, false);

    /// <summary>Works out all that does not depend on the database; done by whoever asks, before the write is gathered with others.</summary>
    /// <param name="parsed">The same bytes parsed, where somebody has done it already.</param>
    public void Prepare(JsonElement? parsed = null)
    {
        if (Json is not { } json || values is not null) return;
        draft = new(json, Id);
        if (parsed is { } element)
        {
            values = SearchValues.Of(Type, Id, element);
            return;
        }

        using var document = JsonDocument.Parse(json, Deep);
        values = SearchValues.Of(Type, Id, document.RootElement);
    }

    internal ResourceDraft Draft
    {
        get
        {
            Prepare();
            return draft!;
        }
    }

    internal SearchValues Values
    {
        get
        {
            Prepare();
            return values ?? Nothing;
        }
    }

    private static readonly SearchValues Nothing = new(null, []);
}
