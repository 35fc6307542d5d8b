using Hl7.Fhir.Model;

namespace Record.Core.Fhir;

/// <summary>Composite search parameters: two values that stand together. https://hl7.org/fhir/R4/search.html#composite</summary>
internal static class Composites
{
    /// <summary>
    /// Compiles a composite. Where its element is the resource itself, or a part stands outside the element
    /// (MolecularSequence), its parts are asked one by one on the same resource; else each pair has a row.
    /// </summary>
    /// <param name="definition">R4's definition.</param>
    /// <param name="type">The resource type.</param>
    /// <param name="byName">The type's other parameters.</param>
    public static SearchParameter? Compile(SearchParamDefinition definition, string type, IReadOnlyDictionary<string, SearchParameter> byName)
    {
        var paths = SearchPath.Parse(definition.Expression!, type);
        var parts = (definition.Component ?? []).Select(c => (Parameter: byName.Values.FirstOrDefault(p => p.Url == c.Definition), Text: c.Expression!)).ToList();
        if (paths is null || parts.Any(part => part.Parameter is null)) return null;
        if (definition.Name == "relationship") parts = [(parts[0].Parameter, "target"), (parts[1].Parameter, "code")]; // R4 has the two expressions the wrong way round
        var below = paths.Where(path => path.Steps.Count > 0).ToList();
        var inRows = below.Count > 0 && parts.Count == 2;
        var composite = new SearchParameter(type, definition.Name!, SearchParamType.Composite, below, []) { Url = definition.Url, PairsInRows = inRows };
        composite.Components = [.. parts.Select(part => new SearchComponent(part.Parameter!, inRows ? Tree(part.Text, type, below[0]) : new()))];
        // The pairs on the resource itself that a composite with rows also asks for (combo-*) are those of its sibling without.
        if (inRows && below.Count < paths.Count && byName.GetValueOrDefault(definition.Name!.Replace("combo-", "", StringComparison.Ordinal)) is { } root
            && byName.GetValueOrDefault(definition.Name!.Replace("combo-", "component-", StringComparison.Ordinal)) is { } rows)
        {
            composite.PairsInRows = false;
            composite.UnionOf = [root, rows];
        }

        return composite;
    }

    private static SearchTree Tree(string text, string type, SearchPath context)
    {
        var tree = new SearchTree();
        foreach (var alternative in text.Split('|'))
            if (SearchPath.Below(alternative) is { } path)
            {
                var whole = SearchParameters.WithChoices(new([.. context.Steps, .. path.Steps]), type);
                tree.Add(new([.. whole.Steps.Skip(context.Steps.Count)]), null);
            }

        return tree;
    }
}
