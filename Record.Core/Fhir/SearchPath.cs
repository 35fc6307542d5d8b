using System.Text.Json;

namespace Record.Core.Fhir;

/// <summary>
/// The part of FHIRPath that R4's search parameters use, compiled to a walk over JSON:
/// paths, unions, <c>as</c> and <c>ofType</c>, <c>where(x='y')</c> and <c>where(resolve() is T)</c>, an index.
/// </summary>
internal sealed class SearchPath
{
    private readonly IReadOnlyList<IReadOnlyList<Step>> alternatives;

    private SearchPath(IReadOnlyList<IReadOnlyList<Step>> alternatives) => this.alternatives = alternatives;

    private abstract record Step
    {
        public sealed record Child(string Name) : Step;

        public sealed record OfType(string Type) : Step;

        public sealed record Where(string Name, string Value) : Step;

        public sealed record Resolves(string Type) : Step;

        public sealed record Index(int At) : Step;
    }

    /// <summary>Compiles the alternatives of an expression that start at this type; null if it uses more than the part above.</summary>
    public static SearchPath? Compile(string expression, string type)
    {
        var alternatives = new List<IReadOnlyList<Step>>();
        foreach (var part in Split(expression))
        {
            var steps = Parse(part, type);
            if (steps is null) return null;
            if (steps.Count > 0) alternatives.Add(steps);
        }

        return alternatives.Count > 0 ? new(alternatives) : null;
    }

    /// <summary>The elements that the path selects.</summary>
    public IEnumerable<JsonElement> Select(JsonElement resource)
    {
        foreach (var steps in alternatives)
        {
            IEnumerable<Node> nodes = [new Node(resource, null)];
            foreach (var step in steps) nodes = Take(nodes, step);
            foreach (var node in nodes) yield return node.Element;
        }
    }

    private readonly record struct Node(JsonElement Element, string? Type);

    private static IEnumerable<Node> Take(IEnumerable<Node> nodes, Step step) => step switch
    {
        Step.Child child => nodes.SelectMany(node => Children(node.Element, child.Name)),
        Step.OfType of => nodes.Where(node => node.Type is null || string.Equals(node.Type, of.Type, StringComparison.OrdinalIgnoreCase)),
        Step.Where where => nodes.Where(node => Has(node.Element, where.Name, where.Value)),
        Step.Resolves to => nodes.Where(node => RefersTo(node.Element, to.Type)),
        Step.Index at => nodes.Skip(at.At).Take(1),
        _ => nodes,
    };

    private static IEnumerable<Node> Children(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object) yield break;
        if (element.TryGetProperty(name, out var value))
        {
            foreach (var node in Flatten(value, null)) yield return node;
            yield break;
        }

        foreach (var property in element.EnumerateObject()) // a choice: value → valueQuantity
            if (property.Name.Length > name.Length && property.Name.StartsWith(name, StringComparison.Ordinal) && char.IsUpper(property.Name[name.Length]))
                foreach (var node in Flatten(property.Value, property.Name[name.Length..])) yield return node;
    }

    private static IEnumerable<Node> Flatten(JsonElement value, string? type)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            yield return new(value, type);
            yield break;
        }

        foreach (var item in value.EnumerateArray()) yield return new(item, type);
    }

    private static bool Has(JsonElement element, string name, string value) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var found)
        && found.ValueKind == JsonValueKind.String && found.ValueEquals(value);

    private static bool RefersTo(JsonElement element, string type) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("reference", out var reference)
        && reference.ValueKind == JsonValueKind.String
        && reference.GetString()!.Split('/') is { Length: >= 2 } parts && parts[^2] == type;

    private static IEnumerable<string> Split(string expression)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i < expression.Length; i++)
        {
            if (expression[i] == '(') depth++;
            if (expression[i] == ')') depth--;
            if (expression[i] != '|' || depth > 0) continue;
            yield return expression[start..i].Trim();
            start = i + 1;
        }

        yield return expression[start..].Trim();
    }

    private static List<Step>? Parse(string text, string type)
    {
        text = text.Trim();
        var steps = new List<Step>();
        if (text.StartsWith('(') && Matching(text, 0) is var end and > 0) // (Observation.value as Quantity).x
        {
            var inner = Parse(text[1..end], type);
            if (inner is null) return null;
            return inner.Count == 0 ? inner : Rest(text[(end + 1)..].TrimStart('.'), inner);
        }

        var asAt = text.IndexOf(" as ", StringComparison.Ordinal);
        if (asAt > 0 && Parse(text[..asAt], type) is { } before)
        {
            if (before.Count > 0) before.Add(new Step.OfType(text[(asAt + 4)..].Trim()));
            return before;
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var root = dot < 0 ? text : text[..dot];
        if (root != type && root is not ("Resource" or "DomainResource")) return []; // another type's alternative
        return dot < 0 ? null : Rest(text[(dot + 1)..], steps);
    }

    private static List<Step>? Rest(string text, List<Step> steps)
    {
        while (text.Length > 0)
        {
            var length = 0;
            while (length < text.Length && (char.IsLetterOrDigit(text[length]) || text[length] == '_')) length++;
            var name = text[..length];
            var next = text[length..];
            if (next.StartsWith('('))
            {
                var end = Matching(next, 0);
                if (end < 0 || Function(name, next[1..end].Trim()) is not { } step) return null;
                steps.Add(step);
                next = next[(end + 1)..];
            }
            else if (length > 0) steps.Add(new Step.Child(name));
            else return null;

            if (next.StartsWith('[') && next.IndexOf(']', StringComparison.Ordinal) is var close and > 0)
            {
                if (!int.TryParse(next[1..close], out var index)) return null;
                steps.Add(new Step.Index(index));
                next = next[(close + 1)..];
            }

            if (next.Length > 0 && next[0] != '.') return null;
            text = next.TrimStart('.');
        }

        return steps;
    }

    private static Step? Function(string name, string argument)
    {
        if (name is "as" or "ofType") return new Step.OfType(argument);
        if (name != "where") return null;
        if (argument.StartsWith("resolve() is ", StringComparison.Ordinal)) return new Step.Resolves(argument[13..].Trim());
        var parts = argument.Split('=', 2, StringSplitOptions.TrimEntries);
        return parts is [var left, ['\'', .., '\'']] && left.All(char.IsLetterOrDigit) ? new Step.Where(left, parts[1][1..^1]) : null;
    }

    private static int Matching(string text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            if (text[i] == '(') depth++;
            if (text[i] == ')' && --depth == 0) return i;
        }

        return -1;
    }
}
