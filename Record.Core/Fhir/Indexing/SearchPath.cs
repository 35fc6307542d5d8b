namespace Record.Core.Fhir;

/// <summary>One step of a search parameter's path.</summary>
internal abstract record SearchStep
{
    /// <summary>A child element; of a choice, <paramref name="Choice"/> names the type, or <c>*</c> for any.</summary>
    public sealed record Child(string Name, string? Choice = null) : SearchStep;

    /// <summary>Only elements whose child has this value: <c>where(system='phone')</c>.</summary>
    public sealed record Where(string Name, string Value) : SearchStep;

    /// <summary>Only references to this type: <c>where(resolve() is Patient)</c>.</summary>
    public sealed record Resolves(string Type) : SearchStep;

    /// <summary>Only the element at this place.</summary>
    public sealed record Index(int At) : SearchStep;
}

/// <summary>The part of FHIRPath that R4's search parameters use: paths, <c>as</c>, <c>where(x='y')</c>, <c>where(resolve() is T)</c>, an index.</summary>
internal sealed record SearchPath(IReadOnlyList<SearchStep> Steps)
{
    /// <summary>The alternatives of an expression that start at this type; null if it uses more than the part above.</summary>
    public static IReadOnlyList<SearchPath>? Parse(string expression, string type)
    {
        var paths = new List<SearchPath>();
        foreach (var part in Split(expression))
        {
            if (!TryParse(part, type, out var steps)) return null;
            if (steps is not null) paths.Add(new(steps));
        }

        return paths;
    }

    /// <inheritdoc/>
    public bool Equals(SearchPath? other) => other is not null && Steps.SequenceEqual(other.Steps);

    /// <inheritdoc/>
    public override int GetHashCode() => Steps.Aggregate(0, HashCode.Combine);

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

    // Null steps: an alternative of another type.
    private static bool TryParse(string text, string type, out List<SearchStep>? steps)
    {
        steps = null;
        text = text.Trim();
        if (text.StartsWith('(') && Matching(text) is var end and > 0) // (Observation.value as Quantity).x
            return TryParse(text[1..end], type, out steps) && (steps is null || Rest(text[(end + 1)..].TrimStart('.'), steps));

        var asAt = text.IndexOf(" as ", StringComparison.Ordinal);
        if (asAt > 0) return TryParse(text[..asAt], type, out steps) && (steps is null || Choose(steps, text[(asAt + 4)..].Trim()));

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var root = dot < 0 ? text : text[..dot];
        if (char.IsLower(text[0])) return Rest(text, steps = []); // InsurancePlan's «name | alias» starts at the resource without saying so
        if (root != type && root is not ("Resource" or "DomainResource")) return true;
        steps = [];
        return dot < 0 || Rest(text[(dot + 1)..], steps);
    }

    /// <summary>Reads a path that starts below an element, as composites give them.</summary>
    public static SearchPath? Below(string text)
    {
        var steps = new List<SearchStep>();
        return Rest(text.Trim(), steps) ? new(steps) : null;
    }

    private static bool Rest(string text, List<SearchStep> steps)
    {
        while (text.Length > 0)
        {
            var length = 0;
            while (length < text.Length && char.IsLetterOrDigit(text[length])) length++;
            var name = text[..length];
            var next = text[length..];
            if (next.StartsWith('('))
            {
                var end = Matching(next);
                if (end < 0 || !Function(name, next[1..end].Trim(), steps)) return false;
                next = next[(end + 1)..];
            }
            else if (length > 0) steps.Add(new SearchStep.Child(name));
            else return false;

            if (next.StartsWith('[') && next.IndexOf(']', StringComparison.Ordinal) is var close and > 0)
            {
                if (!int.TryParse(next[1..close], out var index)) return false;
                steps.Add(new SearchStep.Index(index));
                next = next[(close + 1)..];
            }

            if (next.Length > 0 && next[0] != '.') return false;
            text = next.TrimStart('.');
        }

        return true;
    }

    private static bool Function(string name, string argument, List<SearchStep> steps)
    {
        if (name is "as" or "ofType") return Choose(steps, argument);
        if (name != "where") return false;
        if (argument.StartsWith("resolve() is ", StringComparison.Ordinal))
        {
            steps.Add(new SearchStep.Resolves(argument[13..].Trim()));
            return true;
        }

        var parts = argument.Split('=', 2, StringSplitOptions.TrimEntries);
        if (parts is not [var left, ['\'', .., '\'']] || !left.All(char.IsLetterOrDigit)) return false;
        steps.Add(new SearchStep.Where(left, parts[1][1..^1]));
        return true;
    }

    private static bool Choose(List<SearchStep> steps, string type)
    {
        if (steps is not [.., SearchStep.Child child]) return false;
        steps[^1] = child with { Choice = char.ToUpperInvariant(type[0]) + type[1..] };
        return true;
    }

    private static int Matching(string text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(') depth++;
            if (text[i] == ')' && --depth == 0) return i;
        }

        return -1;
    }
}
