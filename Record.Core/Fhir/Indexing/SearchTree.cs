using System.Text;
using System.Text.Json;

namespace Record.Core.Fhir;

/// <summary>Paths of many parameters as one tree, so that a resource is walked once, whatever their number.</summary>
internal sealed class SearchTree
{
    private readonly Node root = new();

    /// <summary>Takes an element that a parameter's path selects.</summary>
    public delegate void Selected<TState>(SearchParameter? parameter, JsonElement element, TState state);

    /// <summary>Adds a path whose elements are to be told with this parameter.</summary>
    public void Add(SearchPath path, SearchParameter? parameter)
    {
        var node = root;
        foreach (var step in path.Steps) node = node.Below(step);
        node.Ends.Add(parameter);
    }

    /// <summary>Tells each selected element, in the order of the resource.</summary>
    public void Walk<TState>(JsonElement element, TState state, Selected<TState> selected) => Walk(root, element, state, selected);

    private static void Walk<TState>(Node node, JsonElement element, TState state, Selected<TState> selected)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            var place = 0;
            foreach (var item in element.EnumerateArray())
            {
                foreach (var (at, below) in node.Indexed)
                    if (at == place) WalkOne(below, item, state, selected);
                WalkOne(node, item, state, selected);
                place++;
            }

            return;
        }

        foreach (var (at, below) in node.Indexed)
            if (at == 0) WalkOne(below, element, state, selected);
        WalkOne(node, element, state, selected);
    }

    private static void WalkOne<TState>(Node node, JsonElement element, TState state, Selected<TState> selected)
    {
        foreach (var parameter in node.Ends) selected(parameter, element, state);
        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (var (filter, below) in node.Filtered)
            if (Passes(filter, element)) WalkOne(below, element, state, selected);
        if (node.Children.Count == 0 && node.Choices.Count == 0) return;
        foreach (var property in element.EnumerateObject())
        {
            foreach (var child in node.Children)
                if (property.NameEquals(child.Name)) Walk(child.Node, property.Value, state, selected);
            foreach (var choice in node.Choices)
                if (IsChoice(property.Name, choice.Name)) Walk(choice.Node, property.Value, state, selected);
        }
    }

    private static bool IsChoice(string property, string name) =>
        property.StartsWith(name, StringComparison.Ordinal) && (property.Length == name.Length || char.IsUpper(property[name.Length]));

    private static bool Passes(SearchStep filter, JsonElement element) => filter switch
    {
        SearchStep.Where where => element.TryGetProperty(where.Name, out var found) && found.ValueKind == JsonValueKind.String && found.ValueEquals(where.Value),
        SearchStep.Resolves to => RefersTo(element, to.Type),
        _ => false,
    };

    private static bool RefersTo(JsonElement element, string type)
    {
        if (!element.TryGetProperty("reference", out var reference) || reference.ValueKind != JsonValueKind.String)
            return element.TryGetProperty("type", out var said) && said.ValueKind == JsonValueKind.String && said.ValueEquals(type);
        var text = SearchText.Relative(reference.GetString()!);
        var slash = text.LastIndexOf('/');
        return slash > 0 && text.AsSpan(0, slash).EndsWith(type, StringComparison.Ordinal) && (slash == type.Length || text[slash - type.Length - 1] == '/');
    }

    private sealed class Node
    {
        public List<SearchParameter?> Ends { get; } = [];

        public List<(byte[] Name, Node Node)> Children { get; } = [];

        public List<(string Name, Node Node)> Choices { get; } = [];

        public List<(SearchStep Filter, Node Node)> Filtered { get; } = [];

        public List<(int At, Node Node)> Indexed { get; } = [];

        public Node Below(SearchStep step)
        {
            switch (step)
            {
                case SearchStep.Child { Choice: "*" } any: return Add(Choices, any.Name, (a, b) => a == b);
                case SearchStep.Child child: return Add(Children, Encoding.UTF8.GetBytes(child.Name + child.Choice), (a, b) => a.AsSpan().SequenceEqual(b));
                case SearchStep.Index index: return Add(Indexed, index.At, (a, b) => a == b);
                default: return Add(Filtered, step, (a, b) => a == b);
            }
        }

        private static Node Add<TKey>(List<(TKey Key, Node Node)> to, TKey key, Func<TKey, TKey, bool> same)
        {
            foreach (var (known, node) in to)
                if (same(known, key)) return node;
            var made = new Node();
            to.Add((key, made));
            return made;
        }
    }
}
