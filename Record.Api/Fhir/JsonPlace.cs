using System.Globalization;
using System.Text.Json.Nodes;

namespace Record.Api.Fhir;

/// <summary>A place in a JSON document by JSON Pointer (RFC 6901), and what a patch does there.</summary>
internal static class JsonPlace
{
    public static bool Find(JsonNode? root, string pointer, out JsonNode? found)
    {
        found = root;
        foreach (var part in Parts(pointer))
            if (!Step(found, part, out found)) return false;
        return true;
    }

    public static bool Add(ref JsonNode? root, string pointer, JsonNode? value)
    {
        if (pointer.Length == 0)
        {
            root = value;
            return true;
        }

        if (!Parent(root, pointer, out var parent, out var last)) return false;
        if (parent is JsonObject members)
        {
            if (members.ContainsKey(last)) members[last] = value;
            else members.Add(last, value);
            return true;
        }

        if (parent is not JsonArray items) return false;
        var at = last == "-" ? items.Count : Index(last);
        if (at is null or < 0 || at > items.Count) return false;
        items.Insert(at.Value, value);
        return true;
    }

    public static bool Remove(ref JsonNode? root, string pointer, out JsonNode? removed)
    {
        removed = root;
        if (pointer.Length == 0)
        {
            root = null;
            return true;
        }

        if (!Parent(root, pointer, out var parent, out var last) || !Step(parent, last, out removed)) return false;
        if (parent is JsonObject members) members.Remove(last);
        else ((JsonArray)parent!).RemoveAt(Index(last)!.Value);
        return true;
    }

    public static bool Replace(ref JsonNode? root, string pointer, JsonNode? value)
    {
        if (pointer.Length == 0) return Add(ref root, pointer, value);
        if (!Parent(root, pointer, out var parent, out var last) || !Step(parent, last, out _)) return false;
        if (parent is JsonObject members) members[last] = value;
        else ((JsonArray)parent!)[Index(last)!.Value] = value;
        return true;
    }

    private static bool Parent(JsonNode? root, string pointer, out JsonNode? parent, out string last)
    {
        var slash = pointer.LastIndexOf('/');
        last = Unescaped(pointer[(slash + 1)..]);
        return Find(root, pointer[..slash], out parent);
    }

    private static bool Step(JsonNode? from, string part, out JsonNode? found)
    {
        found = null;
        if (from is JsonObject members) return members.TryGetPropertyValue(part, out found);
        if (from is not JsonArray items || Index(part) is not { } at || at >= items.Count) return false;
        found = items[at];
        return true;
    }

    private static IEnumerable<string> Parts(string pointer) => pointer.Length == 0 ? [] : pointer[1..].Split('/').Select(Unescaped);

    private static string Unescaped(string part) => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    // No leading zeros: RFC 6901, section 4.
    private static int? Index(string part) =>
        part is "0" || part.Length > 0 && part[0] != '0' && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? int.Parse(part, CultureInfo.InvariantCulture) : null;
}
