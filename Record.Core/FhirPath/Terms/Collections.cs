using System.Text.Json;
using Record.Core.FhirPath.Types;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Terms;

/// <summary>Comparing and joining collections. http://hl7.org/fhirpath/N1/#equality, #combining</summary>
internal static class Collections
{
    private const int Few = 8; // up to here comparing is cheaper than a set

    /// <summary><c>left = right</c>: in order; null if one is empty or an item cannot be decided.</summary>
    public static bool? Equal(Evaluation run, Term left, Term right)
    {
        var a = run.Rent();
        left.Collect(run, a);
        var answer = a.Count == 0 ? null : right.Constant is string text ? EqualText(a, text) : EqualItems(run, a, right);
        run.Return(a);
        return answer;
    }

    /// <summary><c>left ~ right</c>: in any order; two empty ones are equivalent.</summary>
    public static bool Equivalent(Evaluation run, Term left, Term right)
    {
        var (a, b) = (run.Rent(), run.Rent());
        left.Collect(run, a);
        right.Collect(run, b);
        var answer = a.Count == b.Count && EquivalentItems(run, a, b);
        run.Return(a);
        run.Return(b);
        return answer;
    }

    /// <summary>Adds what is not there yet.</summary>
    public static void AddDistinct(Evaluation run, NodeList items, NodeList into)
    {
        if (items.Count <= Few)
        {
            var start = into.Count;
            for (var i = 0; i < items.Count; i++)
                if (!Contains(run, into, items[i], start)) into.Add(items[i]);
            return;
        }

        var seen = new NodeSet(run);
        for (var i = 0; i < items.Count; i++)
            if (seen.Add(items[i])) into.Add(items[i]);
    }

    /// <summary>Whether a collection has an item equal to this.</summary>
    public static bool Contains(Evaluation run, NodeList items, in FhirPathNode item, int from = 0)
    {
        run.Spend(items.Count - from);
        for (var i = from; i < items.Count; i++)
            if (Equality.Of(items[i], item) == true) return true;
        return false;
    }

    private static bool? EqualText(NodeList items, string text)
    {
        if (items.Count > 1) return false;
        ref readonly var item = ref items[0];
        return item.Element.ValueKind == JsonValueKind.String && item.Type.Kind == ScalarKind.Text
            ? item.Element.ValueEquals(text)
            : Scalars.Of(item) is string other && other == text;
    }

    private static bool? EqualItems(Evaluation run, NodeList a, Term right)
    {
        var b = run.Rent();
        right.Collect(run, b);
        bool? answer = b.Count == 0 ? null : a.Count == b.Count;
        for (var i = 0; answer == true && i < a.Count; i++)
        {
            run.Spend();
            answer = Equality.Of(a[i], b[i]);
        }

        run.Return(b);
        return answer;
    }

    private static bool EquivalentItems(Evaluation run, NodeList a, NodeList b)
    {
        var left = Enumerable.Range(0, b.Count).ToList();
        for (var i = 0; i < a.Count; i++)
        {
            run.Spend(left.Count);
            var item = a[i];
            var match = left.FindIndex(other => Equivalence.Of(item, b[other]));
            if (match < 0) return false;
            left.RemoveAt(match);
        }

        return true;
    }
}
