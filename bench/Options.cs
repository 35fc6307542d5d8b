using System.Globalization;

namespace Bench;

/// <summary>What follows a benchmark's name: <c>--key value</c>, or <c>--key</c> alone.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> values = [];

    private Options()
    {
    }

    /// <summary>Only these rows of the table; all if none is named.</summary>
    public bool Wants(string row) => !values.TryGetValue("only", out var only) || only.Split(',').Contains(row);

    public IReadOnlyList<int> Numbers(string key, params int[] otherwise) =>
        values.TryGetValue(key, out var text) ? [.. text.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))] : otherwise;

    public int Number(string key, int otherwise) => Numbers(key, otherwise)[0];

    public TimeSpan Seconds(string key, int otherwise) => TimeSpan.FromSeconds(Number(key, otherwise));

    public bool Has(string key) => values.ContainsKey(key);

    /// <exception cref="ArgumentException">Something is not an option.</exception>
    public static Options Parse(IReadOnlyList<string> arguments, params string[] known)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Count; i++)
        {
            var key = arguments[i].StartsWith("--", StringComparison.Ordinal) ? arguments[i][2..] : "";
            if (!known.Contains(key)) throw new ArgumentException($"{arguments[i]} is not an option. Options: {string.Join(' ', known.Select(name => "--" + name))}");
            var hasValue = i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal);
            options.values[key] = hasValue ? arguments[++i] : "";
        }

        return options;
    }
}
