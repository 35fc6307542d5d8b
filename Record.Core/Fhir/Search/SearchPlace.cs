using System.Globalization;

namespace Record.Core.Fhir;

/// <summary>A resource's place in the order.</summary>
/// <param name="Keys">Its keys; null where it has none.</param>
/// <param name="Number">Its number.</param>
internal sealed record SearchPlace(IReadOnlyList<object?> Keys, long Number)
{
    /// <summary>The keys as a token has them.</summary>
    public IReadOnlyList<string?> Texts() => [.. Keys.Select(key => key switch
    {
        null => null,
        string text => text,
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcTicks.ToString(CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException("A key of a kind that no order has."),
    })];

    /// <summary>Reads the keys of a token.</summary>
    public static SearchPlace Of(IReadOnlyList<string?> texts, IReadOnlyList<SearchSort> sort, long number) => new([.. texts.Zip(sort, (text, key) => text is null ? null : key.SqlType switch
    {
        "timestamptz" => new DateTimeOffset(long.Parse(text, CultureInfo.InvariantCulture), TimeSpan.Zero),
        "numeric" => decimal.Parse(text, CultureInfo.InvariantCulture),
        _ => (object?)text,
    })], number);
}
