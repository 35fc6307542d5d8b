using System.Text.Json;
using Record.Core.Validation.Definitions;

namespace Record.Core.Validation.Walk;

/// <summary>One resource with its contained ones: what their ids are, and who refers to them (ref-1, dom-3).</summary>
internal sealed class Scope(JsonElement root)
{
    private Dictionary<string, (TypeRule? Type, int Index)>? contained;
    private HashSet<int>? referringToRoot;
    private HashSet<string>? referred;

    /// <summary>Which contained resource the walk is in; -1 in none.</summary>
    public int Inside { get; set; } = -1;

    /// <summary>The contained resource of an id; false where there is none.</summary>
    public bool TryFind(string id, out TypeRule? type)
    {
        var isThere = Contained().TryGetValue(id, out var found);
        type = found.Type;
        return isThere;
    }

    /// <summary>Notes a reference to a fragment: <c>#id</c>, or <c>#</c> for the resource itself.</summary>
    public void Refer(string fragment)
    {
        if (fragment.Length > 1) (referred ??= []).Add(fragment[1..]);
        else if (Inside >= 0) (referringToRoot ??= []).Add(Inside);
    }

    /// <summary>Contained resources that nothing refers to, and that do not refer to the resource they are in.</summary>
    public IEnumerable<int> Unreferred() => Contained()
        .Where(one => referred?.Contains(one.Key) != true && referringToRoot?.Contains(one.Value.Index) != true)
        .Select(one => one.Value.Index).Order();

    private Dictionary<string, (TypeRule? Type, int Index)> Contained()
    {
        if (contained is not null) return contained;
        contained = [];
        if (!root.TryGetProperty("contained"u8, out var list) || list.ValueKind != JsonValueKind.Array) return contained;
        var index = 0;
        foreach (var one in list.EnumerateArray())
        {
            if (Text(one, "id"u8) is { } id) contained.TryAdd(id, (Type(Text(one, "resourceType"u8)), index));
            index++;
        }

        return contained;
    }

    private static TypeRule? Type(string? name) => name is null ? null : R4.Rules.Resources.Find(System.Text.Encoding.UTF8.GetBytes(name));

    private static string? Text(JsonElement value, ReadOnlySpan<byte> name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String && TryGet(text, out var read) ? read : null;

    private static bool TryGet(JsonElement text, out string? read)
    {
        try
        {
            read = text.GetString();
            return true;
        }
        catch (InvalidOperationException) // half of a surrogate pair: reported where it stands
        {
            read = null;
            return false;
        }
    }
}
