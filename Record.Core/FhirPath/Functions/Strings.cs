using System.Text.RegularExpressions;
using Record.Core.FhirPath.Terms;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Functions;

/// <summary>http://hl7.org/fhirpath/N1/#string-manipulation</summary>
internal static class Strings
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250); // a pattern may come from outside

    public static readonly Function[] All =
    [
        new("indexOf", 1, 1, call => call.Texts((text, part) => text.IndexOf(part, StringComparison.Ordinal))),
        new("lastIndexOf", 1, 1, call => call.Texts((text, part) => text.LastIndexOf(part, StringComparison.Ordinal))),
        new("substring", 1, 2, Substring),
        new("startsWith", 1, 1, call => call.Texts((text, part) => text.StartsWith(part, StringComparison.Ordinal))),
        new("endsWith", 1, 1, call => call.Texts((text, part) => text.EndsWith(part, StringComparison.Ordinal))),
        new("contains", 1, 1, call => call.Texts((text, part) => text.Contains(part, StringComparison.Ordinal))),
        new("upper", 0, 0, call => call.Text((_, text) => text.ToUpperInvariant())),
        new("lower", 0, 0, call => call.Text((_, text) => text.ToLowerInvariant())),
        new("trim", 0, 0, call => call.Text((_, text) => text.Trim())),
        new("length", 0, 0, call => call.Text((_, text) => text.Length)),
        new("toChars", 0, 0, call => Parts(call, (run, text) => text.Select(c => c.ToString()))),
        new("split", 1, 1, Split),
        new("join", 0, 1, Join),
        new("replace", 2, 2, ReplaceText),
        new("matches", 1, 1, call => Matching(call, pattern => pattern)),
        new("matchesFull", 1, 1, call => Matching(call, pattern => $"^(?:{pattern})$")),
        new("replaceMatches", 2, 2, ReplaceMatches),
    ];

    private static Term Substring(Call call)
    {
        var (start, length) = (call.Argument(0), call.Count == 2 ? call.Argument(1) : null);
        return call.Text((run, text) =>
        {
            if (run.Scalar(start) is not { } from || call.Integer(from) is var at && (at < 0 || at >= text.Length)) return null;
            if (length is null || run.Scalar(length) is not { } most) return text[call.Integer(from)..];
            return text.Substring(call.Integer(from), Math.Clamp(call.Integer(most), 0, text.Length - call.Integer(from)));
        });
    }

    private static Term Parts(Call call, Func<Evaluation, string, IEnumerable<string>> cut)
    {
        var target = call.Target;
        return Term.Of((run, into) =>
        {
            if (run.Scalar(target) is not { } text) return;
            foreach (var part in cut(run, call.TextOf(text)))
            {
                run.Spend();
                into.Add(FhirPathNode.OfValue(part));
            }
        });
    }

    private static Term Split(Call call)
    {
        var separator = call.Argument(0);
        return Parts(call, (run, text) => run.Scalar(separator) is { } between ? text.Split(call.TextOf(between)) : []);
    }

    private static Term Join(Call call)
    {
        var (target, separator) = (call.Target, call.Count == 1 ? call.Argument(0) : null);
        return Term.OfValue(run =>
        {
            var between = separator is null ? "" : run.Scalar(separator) is { } given ? call.TextOf(given) : "";
            var (list, text) = (run.Rent(), new System.Text.StringBuilder());
            target.Collect(run, list);
            var empty = list.Count == 0;
            for (var i = 0; i < list.Count; i++)
            {
                if (Evaluation.ValueOf(list[i]) is { } part) text.Append(i == 0 ? "" : between).Append(call.TextOf(part));
                if (text.Length > Texts.MaxLength) throw Texts.TooLong();
            }

            run.Return(list);
            return empty ? null : text.ToString();
        });
    }

    private static Term ReplaceText(Call call)
    {
        var (part, substitution) = (call.Argument(0), call.Argument(1));
        return call.Text((run, text) =>
        {
            if (run.Scalar(part) is not { } old || run.Scalar(substitution) is not { } given) return null;
            var with = call.TextOf(given);
            return Replace(text, Pattern(Regex.Escape(call.TextOf(old))), _ => with);
        });
    }

    private static Term Matching(Call call, Func<string, string> whole)
    {
        var argument = call.Argument(0);
        var known = argument.Constant is string constant ? Pattern(whole(constant)) : null;
        return call.Text((run, text) =>
        {
            var pattern = known ?? (run.Scalar(argument) is { } given ? Pattern(whole(call.TextOf(given))) : null);
            return pattern is null ? null : Try(() => pattern.IsMatch(text));
        });
    }

    private static Term ReplaceMatches(Call call)
    {
        var (part, substitution) = (call.Argument(0), call.Argument(1));
        return call.Text((run, text) =>
        {
            if (run.Scalar(part) is not { } old || run.Scalar(substitution) is not { } given) return null;
            if (call.TextOf(old).Length == 0) return text;
            var with = call.TextOf(given);
            return Replace(text, Pattern(call.TextOf(old)), match => match.Result(with));
        });
    }

    // Texts that would grow too long are stopped while they grow.
    private static string Replace(string text, Regex pattern, Func<Match, string> with)
    {
        var length = text.Length;
        return Try(() => pattern.Replace(text, match =>
        {
            var part = with(match);
            length += part.Length - match.Length;
            return length <= Texts.MaxLength ? part : throw Texts.TooLong();
        }));
    }

    private static Regex Pattern(string pattern)
    {
        try
        {
            return new(pattern, RegexOptions.CultureInvariant | RegexOptions.Singleline, Patience);
        }
        catch (ArgumentException)
        {
            throw new FhirPathException("A regular expression is malformed.");
        }
    }

    private static T Try<T>(Func<T> match)
    {
        try
        {
            return match();
        }
        catch (RegexMatchTimeoutException)
        {
            throw new FhirPathException($"A regular expression takes more than {Patience.TotalMilliseconds} ms.");
        }
    }
}
