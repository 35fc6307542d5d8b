using System.Text.RegularExpressions;

namespace Record.Core.Validation.Definitions;

/// <summary>Reads the boolean skeleton of an invariant: and, or, xor, implies, =, != over <c>exists()</c> and <c>empty()</c>.</summary>
internal sealed partial class PresenceReader
{
    private static readonly string[][] Levels = [["implies"], ["or", "xor"], ["and"], ["=", "!="]];
    private readonly IReadOnlyList<ElementRule> elements;

    private PresenceReader(IReadOnlyList<ElementRule> elements) => this.elements = elements;

    public static Presence Read(string expression, IReadOnlyList<ElementRule> elements) => new PresenceReader(elements).Level(expression.Trim(), 0);

    private Presence Level(string text, int level)
    {
        if (level == Levels.Length) return Term(text);
        var (at, operation) = LastOperator(text, Levels[level]);
        if (at < 0) return Level(text, level + 1);
        var left = Level(text[..at].Trim(), level);
        var right = Level(text[(at + operation.Length)..].Trim(), level + 1);
        return left is Presence.Unknown && right is Presence.Unknown ? left : new Presence.Both(operation, left, right);
    }

    private Presence Term(string text)
    {
        if (text.EndsWith(".not()", StringComparison.Ordinal)) return Term(text[..^6].Trim()) is var inner and not Presence.Unknown ? new Presence.Not(inner) : new Presence.Unknown();
        if (text.StartsWith('(') && Closing(text) == text.Length - 1) return Level(text[1..^1].Trim(), 0);
        if (Leaf().Match(text) is not { Success: true } leaf || !IsOneTerm(text)) return new Presence.Unknown();
        var element = elements.FirstOrDefault(candidate => candidate.Name == leaf.Groups["name"].Value);
        return element is null || KeepsNoEmptiness().IsMatch(string.Concat(Outside(text[..^(leaf.Groups["what"].Length + 3)]).Select(place => text[place]))) ? new Presence.Unknown() : new Presence.Leaf(element.Bit, leaf.Groups["what"].Value == "empty", leaf.Groups["rest"].Length > 0);
    }

    /// <summary>Whether no operator stands outside brackets and quotes: what is left is one path.</summary>
    private static bool IsOneTerm(string text) => Outside(text).All(place => !(char.IsWhiteSpace(text[place]) || "=!<>|&+*/~".Contains(text[place], StringComparison.Ordinal)));

    private static (int At, string Operator) LastOperator(string text, string[] operators)
    {
        (int, string) found = (-1, "");
        foreach (var place in Outside(text))
            foreach (var operation in operators)
                if (IsAt(text, place, operation)) found = (place, operation);
        return found;
    }

    private static bool IsAt(string text, int place, string operation)
    {
        if (string.CompareOrdinal(text, place, operation, 0, operation.Length) != 0) return false;
        var (before, after) = (place == 0 ? ' ' : text[place - 1], place + operation.Length >= text.Length ? ' ' : text[place + operation.Length]);
        return char.IsLetter(operation[0])
            ? (before is ')' || char.IsWhiteSpace(before)) && (after is '(' || char.IsWhiteSpace(after))
            : before is not ('<' or '>' or '!' or '~') && after is not ('=' or '~');
    }

    /// <summary>Places that are in no bracket and no string.</summary>
    private static IEnumerable<int> Outside(string text)
    {
        var depth = 0;
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '\'') quoted = !quoted;
            else if (quoted) continue;
            else if (text[i] is '(' or '[') depth++;
            else if (text[i] is ')' or ']') depth--;
            else if (depth == 0) yield return i;
        }
    }

    private static int Closing(string text)
    {
        var depth = 0;
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '\'') quoted = !quoted;
            else if (!quoted && text[i] == '(') depth++;
            else if (!quoted && text[i] == ')' && --depth == 0) return i;
        }

        return -1;
    }

    /// <summary>Functions that give something for nothing.</summary>
    [GeneratedRegex(@"\.(exists|empty|count|all|allTrue|allFalse|iif|combine|union|isDistinct|hasValue)\b")]
    private static partial Regex KeepsNoEmptiness();

    [GeneratedRegex(@"\A(?<name>[a-z][A-Za-z]*)(?<rest>\..+)?\.(?<what>exists|empty)\(\)\z")]
    private static partial Regex Leaf();
}
