namespace Record.Core.Feeds.Files;

/// <summary>What the columns of a source's CSV files mean: part of its YAML.</summary>
public sealed class FileMapping
{
    /// <summary>Between columns; a comma unless set.</summary>
    public string Delimiter { get; init; } = ",";

    /// <summary>Bytes of the file: <c>utf-8</c> unless set, or <c>windows-1252</c>.</summary>
    public string Encoding { get; init; } = "utf-8";

    /// <summary>How dates and times are written, as .NET formats; the first that fits is taken. Without offset they are Europe/London.</summary>
    public IList<string> DateFormats { get; init; } = ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss"];

    /// <summary>What we need, and the heading of the column that holds it.</summary>
    public Dictionary<string, string> Columns { get; init; } = [];

    /// <summary>By what we need: the source's code and ours. A code that is not listed is an error of the row.</summary>
    public Dictionary<string, Dictionary<string, string>> Codes { get; init; } = [];

    /// <summary>What a row can say.</summary>
    public static IReadOnlySet<string> Known { get; } = new HashSet<string>
    {
        "patientId", "nhsNumber", "nhsNumberStatus", "family", "given", "prefix", "birthDate", "gender", "address", "town", "postcode", "phone",
        "visitId", "class", "location", "start", "end", "reason", "attendance", "mechanism", "team", "eventTime",
    };

    /// <summary>What is wrong with it.</summary>
    internal IEnumerable<string> Faults()
    {
        if (Delimiter.Length != 1 || Delimiter[0] is '"' or '\r' or '\n') yield return "file.delimiter must be one character";
        if (Encoding is not ("utf-8" or "windows-1252")) yield return $"file.encoding is '{Encoding}'; it must be utf-8 or windows-1252";
        if (!Columns.ContainsKey("patientId")) yield return "file.columns must say which column holds patientId";
        foreach (var name in Columns.Keys.Concat(Codes.Keys).Where(name => !Known.Contains(name))) yield return $"file: '{name}' is not one of {string.Join(", ", Known)}";
        foreach (var name in Codes.Keys.Where(name => Known.Contains(name) && !Columns.ContainsKey(name))) yield return $"file.codes.{name} has no column";
    }
}
