using System.Text.Json;
using Record.Core.FhirPath.Types;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Terms;

/// <summary>Which items have been seen: texts by hash, everything else by comparing.</summary>
internal sealed class NodeSet(Evaluation run)
{
    private readonly NodeList others = new();
    private HashSet<string>? texts;

    /// <summary>Adds an item; false if an equal one is there.</summary>
    public bool Add(in FhirPathNode node)
    {
        run.Spend();
        if (TextOf(node) is { } text) return (texts ??= new(StringComparer.Ordinal)).Add(text);
        if (ContainsOther(node)) return false;
        others.Add(node);
        return true;
    }

    public bool Contains(in FhirPathNode node)
    {
        run.Spend();
        return TextOf(node) is { } text ? texts?.Contains(text) == true : ContainsOther(node);
    }

    private bool ContainsOther(in FhirPathNode node)
    {
        run.Spend(others.Count);
        for (var i = 0; i < others.Count; i++)
            if (Equality.Of(others[i], node) == true) return true;
        return false;
    }

    private static string? TextOf(in FhirPathNode node) =>
        node.Type.Kind == ScalarKind.Text && node.Element.ValueKind is JsonValueKind.String or JsonValueKind.Undefined ? Scalars.Of(node) as string : null;
}
