using System.Globalization;
using Hl7.Fhir.Model;

namespace Suites.Tests.Fhir;

/// <summary>A question and what an element must be to answer it; a resource answers if one of its elements does.</summary>
internal sealed record NaiveQuestion(string Text, Func<IReadOnlyList<Base>, bool> Answers);

/// <summary>Questions made from what stands in the resources themselves.</summary>
internal static class NaiveQuestions
{
    /// <summary>Questions of one parameter, from the elements that it selects in some resources.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="elements">What it selects.</param>
    /// <param name="isTarget">Types that a reference may point to.</param>
    /// <param name="there">References to resources that exist.</param>
    public static IEnumerable<NaiveQuestion> Of(string name, SearchParamType? kind, IReadOnlyList<Base> elements, Func<string, bool> isTarget, IReadOnlySet<string> there)
    {
        yield return new($"{name}:missing=true", selected => !HasValue(kind, selected));
        yield return new($"{name}:missing=false", selected => HasValue(kind, selected));
        foreach (var question in kind switch
        {
            SearchParamType.Token => Tokens(name, elements),
            SearchParamType.String => Strings(name, elements),
            SearchParamType.Reference => References(name, elements, isTarget, there),
            SearchParamType.Uri => Uris(name, elements),
            SearchParamType.Date => Dates(name, elements),
            SearchParamType.Number => Numbers(name, elements),
            SearchParamType.Quantity => Quantities(name, elements),
            _ => [],
        }) yield return question;
    }

    private static bool HasValue(SearchParamType? kind, IReadOnlyList<Base> selected) => kind switch
    {
        SearchParamType.Token => selected.Any(element => NaiveSearch.Codes(element).Any(code => code.Value is not null || code.System is not null || code.Words is not null)),
        SearchParamType.String => selected.Any(element => NaiveSearch.Strings(element).Any()),
        SearchParamType.Reference => selected.Any(element => NaiveSearch.References(element).Any() || element is ResourceReference { Identifier.Value: not null }),
        SearchParamType.Date => selected.Any(element => NaiveSearch.Span(element) is not null),
        SearchParamType.Quantity => selected.Any(element => NaiveSearch.Quantities(element).Any()),
        _ => selected.Count > 0,
    };

    private static string Escape(string text) => Uri.EscapeDataString(text.Replace("\\", "\\\\").Replace(",", "\\,").Replace("|", "\\|").Replace("$", "\\$"));

    private static IEnumerable<NaiveQuestion> Tokens(string name, IReadOnlyList<Base> elements)
    {
        foreach (var code in elements.SelectMany(NaiveSearch.Codes).Where(code => code.Value is { Length: > 0 and < 400 }).Distinct().Take(4))
        {
            var value = Escape(code.Value!);
            yield return new($"{name}={value}", selected => selected.SelectMany(NaiveSearch.Codes).Any(c => c.Value == code.Value));
            yield return new($"{name}:not={value}", selected => selected.SelectMany(NaiveSearch.Codes).All(c => c.Value != code.Value));
            if (elements.Any(element => element is ContactPoint)) continue;
            if (code.System is { } system)
            {
                yield return new($"{name}={Escape(system)}|{value}", selected => selected.SelectMany(NaiveSearch.Codes).Any(c => c.Value == code.Value && c.System == system));
                yield return new($"{name}={Escape(system)}|", selected => selected.SelectMany(NaiveSearch.Codes).Any(c => c.System == system));
            }

            yield return new($"{name}=|{value}", selected => selected.SelectMany(NaiveSearch.Codes).Any(c => c.Value == code.Value && c.System is null));
            yield return new($"{name}=no-such-code,{value}", selected => selected.SelectMany(NaiveSearch.Codes).Any(c => c.Value == code.Value));
        }

        foreach (var words in elements.SelectMany(NaiveSearch.Codes).Select(code => code.Words).OfType<string>().Where(text => text.Length is > 0 and < 400).Distinct().Take(2))
        {
            var begin = words[..Math.Min(5, words.Length)];
            yield return new($"{name}:text={Escape(begin.ToUpperInvariant())}", selected => selected.SelectMany(NaiveSearch.Codes).Any(c => c.Words is not null && NaiveSearch.Plain(c.Words).StartsWith(NaiveSearch.Plain(begin), StringComparison.Ordinal)));
        }

        foreach (var identifier in elements.OfType<Identifier>().Where(identifier => identifier is { Value: not null, Type.Coding: [{ System: not null, Code: not null }, ..] }).Take(2))
        {
            var (type, of) = (identifier.Type!.Coding[0], identifier.Value!);
            yield return new($"{name}:of-type={Escape(type.System!)}|{Escape(type.Code!)}|{Escape(of)}", selected => selected.OfType<Identifier>().Any(i => i.Value == of && (i.Type?.Coding ?? []).Any(c => c.System == type.System && c.Code == type.Code)));
        }
    }

    private static IEnumerable<NaiveQuestion> Strings(string name, IReadOnlyList<Base> elements)
    {
        foreach (var text in elements.SelectMany(NaiveSearch.Strings).Where(text => text.Trim() == text && text.Length < 400).Distinct().Take(3))
        {
            var begin = text[..Math.Min(4, text.Length)];
            var middle = text[(text.Length / 3)..(text.Length / 3 * 2 + 1)];
            yield return new($"{name}={Escape(begin.ToUpperInvariant())}", selected => selected.SelectMany(NaiveSearch.Strings).Any(s => NaiveSearch.Plain(s).StartsWith(NaiveSearch.Plain(begin), StringComparison.Ordinal)));
            yield return new($"{name}:exact={Escape(text)}", selected => selected.SelectMany(NaiveSearch.Strings).Any(s => s == text));
            if (middle.Trim().Length > 0) yield return new($"{name}:contains={Escape(middle)}", selected => selected.SelectMany(NaiveSearch.Strings).Any(s => NaiveSearch.Plain(s).Contains(NaiveSearch.Plain(middle), StringComparison.Ordinal)));
        }
    }

    private static IEnumerable<NaiveQuestion> References(string name, IReadOnlyList<Base> elements, Func<string, bool> isTarget, IReadOnlySet<string> there)
    {
        foreach (var reference in elements.SelectMany(NaiveSearch.References).Where(text => !text.StartsWith('#')).Distinct().Take(3))
        {
            yield return new($"{name}={Escape(reference)}", selected => selected.SelectMany(NaiveSearch.References).Any(r => r == reference || (reference.Contains("://") && r.StartsWith(reference + "|", StringComparison.Ordinal))));
            if (reference.Split('/') is not [var type, var id] || !isTarget(type)) continue;
            yield return new($"{name}:{type}={Escape(id)}", selected => selected.SelectMany(NaiveSearch.References).Any(r => r == reference));
            yield return new($"{name}:{type}._id={Escape(id)}", selected => there.Contains(reference) && selected.SelectMany(NaiveSearch.References).Any(r => r == reference));
        }

        foreach (var identifier in elements.OfType<ResourceReference>().Select(reference => reference.Identifier).OfType<Identifier>().Where(i => i.Value is not null).Take(2))
            yield return new($"{name}:identifier={(identifier.System is null ? "" : Escape(identifier.System) + "|")}{Escape(identifier.Value!)}",
                selected => selected.OfType<ResourceReference>().Any(r => r.Identifier?.Value == identifier.Value && (identifier.System is null || r.Identifier?.System == identifier.System)));
    }

    private static IEnumerable<NaiveQuestion> Uris(string name, IReadOnlyList<Base> elements)
    {
        foreach (var uri in elements.Select(element => element.ToString()!).Distinct().Take(3))
        {
            yield return new($"{name}={Escape(uri)}", selected => selected.Any(s => s.ToString() == uri));
            yield return new($"{name}:above={Escape(uri + "/below")}", selected => selected.Any(s => uri == s.ToString() || uri.StartsWith(s.ToString()!.TrimEnd('/') + "/", StringComparison.Ordinal)));
            if (uri.LastIndexOf('/') is > 8 and var slash)
                yield return new($"{name}:below={Escape(uri[..slash])}", selected => selected.Any(s => s.ToString() == uri[..slash] || s.ToString()!.StartsWith(uri[..slash] + "/", StringComparison.Ordinal)));
        }
    }

    private static IEnumerable<NaiveQuestion> Dates(string name, IReadOnlyList<Base> elements)
    {
        var texts = elements.SelectMany(element => element switch { Period period => [period.Start, period.End], Timing timing => timing.Event, PrimitiveType primitive => [primitive.ToString()], _ => new List<string?>() }).OfType<string>();
        foreach (var text in texts.SelectMany(text => new[] { text, text[..4], text[..Math.Min(10, text.Length)] }).Distinct().Take(5))
        {
            var (from, until) = NaiveSearch.Span(text)!.Value;
            foreach (var (prefix, test) in new (string, Func<DateTimeOffset, DateTimeOffset, bool>)[]
            {
                ("", (low, high) => low >= from && high <= until), ("ne", (low, high) => !(low >= from && high <= until)), ("gt", (_, high) => high > until), ("lt", (low, _) => low < from),
                ("ge", (low, high) => high > until || (low >= from && high <= until)), ("le", (low, high) => low < from || (low >= from && high <= until)), ("sa", (low, _) => low >= until), ("eb", (_, high) => high <= from),
            })
                yield return new($"{name}={prefix}{Escape(text)}", selected => selected.Select(NaiveSearch.Span).OfType<(DateTimeOffset From, DateTimeOffset Until)>().Any(span => test(span.From, span.Until)));
        }
    }

    private static IEnumerable<NaiveQuestion> Numbers(string name, IReadOnlyList<Base> elements)
    {
        foreach (var value in elements.Select(Number).OfType<decimal>().Distinct().Take(3))
            foreach (var question in Compared(name, value, "", element => Number(element) is { } number ? [number] : [])) yield return question;
    }

    private static IEnumerable<NaiveQuestion> Quantities(string name, IReadOnlyList<Base> elements)
    {
        foreach (var (value, system, code) in elements.SelectMany(NaiveSearch.Quantities).Distinct().Take(3))
        {
            foreach (var question in Compared(name, value, "", element => NaiveSearch.Quantities(element).Select(q => q.Value))) yield return question;
            if (code is null || system == "http://unitsofmeasure.org") continue; // units of UCUM are converted: see the tests of quantities
            foreach (var question in Compared(name, value, $"|{(system is null ? "" : Escape(system))}|{Escape(code)}", element => NaiveSearch.Quantities(element).Where(q => q.Code == code && (system is null || q.System == system)).Select(q => q.Value))) yield return question;
        }
    }

    private static IEnumerable<NaiveQuestion> Compared(string name, decimal value, string unit, Func<Base, IEnumerable<decimal>> values)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        var half = 0.5m / (decimal)Math.Pow(10, value.Scale);
        foreach (var (prefix, test) in new (string, Func<decimal, bool>)[]
        {
            ("", v => v >= value - half && v < value + half), ("ne", v => v < value - half || v >= value + half), ("gt", v => v > value), ("lt", v => v < value), ("ge", v => v >= value), ("le", v => v <= value),
            ("sa", v => v > value), ("eb", v => v < value), ("ap", v => Math.Abs(v - value) <= Math.Abs(value) / 10),
        })
            yield return new($"{name}={prefix}{text}{unit}", selected => selected.SelectMany(values).Any(test));
    }

    private static decimal? Number(Base element) => element is PrimitiveType primitive && decimal.TryParse(primitive.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
