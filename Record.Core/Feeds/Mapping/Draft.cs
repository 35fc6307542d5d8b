using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>A FHIR resource that is being folded from messages: an empty field leaves what was said before, <c>""</c> takes it away.</summary>
internal sealed class Draft
{
    public Draft(string type, SourceSystem source)
    {
        Source = source;
        Json = new JsonObject { ["resourceType"] = type, ["meta"] = Systems.Meta(source) };
    }

    public JsonObject Json { get; }

    public SourceSystem Source { get; }

    /// <summary>When the message that speaks now was received: it decides the doubled hour.</summary>
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>Sets an element, or one below it (<c>hospitalization.admitSource</c>).</summary>
    public void Set(string path, V2Value said, Func<V2Value, Draft, JsonNode?> read)
    {
        if (said.IsNull) Put(path, null);
        else if (said.HasValue && read(said, this) is { } value) Put(path, value);
    }

    /// <summary>Sets or removes an element, or one below it.</summary>
    public void Put(string path, JsonNode? value)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            if (value is null) Json.Remove(path);
            else Json[path] = value;
            return;
        }

        var (outer, inner) = (path[..dot], path[(dot + 1)..]);
        var parent = Json[outer] as JsonObject;
        if (value is null)
        {
            parent?.Remove(inner);
            if (parent is { Count: 0 }) Json.Remove(outer);
            return;
        }

        if (parent is null) Json[outer] = parent = [];
        parent[inner] = value;
    }

    /// <summary>Adds to an array; the same again is not added.</summary>
    public void Append(string name, JsonNode? value)
    {
        if (value is null) return;
        if (Json[name] is not JsonArray array) Json[name] = array = [];
        if (!array.Any(item => JsonNode.DeepEquals(item, value))) array.Add(value);
    }

    /// <summary>Sets an extension with a concept, or removes it.</summary>
    public void Extend(string url, V2Value said, string system, string? below = null)
    {
        var parent = below is null ? Json : Json[below] as JsonObject;
        if (parent is null) Json[below!] = parent = [];
        if (parent["extension"] is not JsonArray extensions) parent["extension"] = extensions = [];
        foreach (var old in extensions.Where(e => e?["url"]?.GetValue<string>() == url).ToList()) extensions.Remove(old);
        if (Datatypes.Words(said) is { } code)
        {
            var coding = new JsonObject { ["system"] = system, ["code"] = Datatypes.Token(code) };
            if (Datatypes.Words(said.Component(2)) is { } display) coding["display"] = display;
            extensions.Add(new JsonObject { ["url"] = url, ["valueCodeableConcept"] = new JsonObject { ["coding"] = new JsonArray(coding) } });
        }

        if (extensions.Count == 0) parent.Remove("extension");
        if (below is not null && parent.Count == 0) Json.Remove(below);
    }

    /// <summary>A reference to a resource of the same source.</summary>
    public JsonObject Reference(string type, string localId) => new() { ["reference"] = $"{type}/{SourceIds.Of(Source.Code, type, localId)}" };
}
