using System.Globalization;

namespace Record.Core.FhirPath.Values;

/// <summary>Reads a UCUM code: prefixes, atoms, exponents, products, quotients, brackets and annotations.</summary>
internal sealed class UcumCode
{
    private readonly string code;
    private int at;
    private int depth;

    private UcumCode(string code) => this.code = code;

    /// <summary>The unit; null if the code is not UCUM or not among the atoms known here.</summary>
    public static UcumUnit? Parse(string code)
    {
        var reader = new UcumCode(code);
        try
        {
            var unit = reader.Term();
            return reader.at == code.Length ? unit : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>Cuts <c>m-2</c> into <c>m</c> and -2.</summary>
    public static (string Name, int Exponent) SplitExponent(string text)
    {
        var end = text.Length;
        while (end > 0 && char.IsAsciiDigit(text[end - 1])) end--;
        if (end == text.Length || end == 0) return (text, 1);
        if (text[end - 1] is '-' or '+') end--;
        return int.TryParse(text.AsSpan(end), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent) && Math.Abs(exponent) < 100 ? (text[..end], exponent) : (text, 1);
    }

    private UcumUnit? Term()
    {
        if (++depth > 10) return null;
        var powers = new UcumPowers();
        var power = 1;
        if (At('/')) (power, at) = (-1, at + 1);
        while (true)
        {
            if (Component() is not { } component) return null;
            powers.Add(component, power);
            if (!At('.') && !At('/')) break;
            power = code[at++] == '/' ? -1 : 1;
        }

        depth--;
        return powers.ToUnit();
    }

    private UcumUnit? Component()
    {
        if (At('('))
        {
            at++;
            var inner = Term();
            if (inner is null || !At(')')) return null;
            at++;
            return inner;
        }

        var start = at;
        while (at < code.Length && code[at] is not ('.' or '/' or '(' or ')' or '{'))
            at = code[at] == '[' && code.IndexOf(']', at) is var end and > 0 ? end + 1 : at + 1; // [lb_av], mm[Hg]
        var simple = code[start..at];
        if (!SkipAnnotation()) return null;
        return simple.Length == 0 ? (at > start ? new(1, "1") : null) : Simple(simple);
    }

    private bool SkipAnnotation()
    {
        if (!At('{')) return true;
        var end = code.IndexOf('}', at);
        if (end < 0) return false;
        at = end + 1;
        return true;
    }

    private static UcumUnit? Simple(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number > 0 ? new(number, "1") : null;
        if (Atom(text) is { } whole) return whole;
        var (name, exponent) = SplitExponent(text is ['1', '0', '*' or '^', ..] ? "ten" + text[3..] : text);
        var unit = name == "ten" ? new(10, "1") : Atom(name);
        if (unit is null) return null;
        var powers = new UcumPowers();
        powers.Add(unit, exponent);
        return powers.ToUnit();
    }

    private static UcumUnit? Atom(string name)
    {
        if (UcumAtoms.All.TryGetValue(name, out var atom)) return atom.Unit;
        var length = name.StartsWith("da", StringComparison.Ordinal) ? 2 : 1;
        return name.Length > length && UcumAtoms.Prefixes.TryGetValue(name[..length], out var prefix)
            && UcumAtoms.All.TryGetValue(name[length..], out atom) && atom.IsMetric
            ? atom.Unit with { Factor = prefix * atom.Unit.Factor } : null;
    }

    private bool At(char expected) => at < code.Length && code[at] == expected;
}
