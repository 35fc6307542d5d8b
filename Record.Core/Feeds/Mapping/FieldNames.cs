namespace Record.Core.Feeds.Mapping;

/// <summary>The fields of HL7 v2.5.1's segments by name (fields.txt), and why those that become nothing do.</summary>
internal static class FieldNames
{
    /// <summary>Names by segment; field 1 stands first.</summary>
    public static IReadOnlyDictionary<string, string[]> All { get; } = Read();

    /// <summary>Why a field becomes nothing.</summary>
    public static string Ignored(string segment, string name) => (segment, name) switch
    {
        (_, "Set id") => "ignored: counts the segments",
        (_, "Religion" or "Race" or "Citizenship" or "Nationality" or "VIP indicator") => "ignored: not needed for care by all who read the record",
        ("TXA", "Document content presentation") => "ignored: each OBX says what it holds",
        (_, "SSN number" or "Driver's licence number") => "ignored: not used in England",
        ("PV1", _) when name.Contains("debt", StringComparison.Ordinal) || name.Contains("Contract", StringComparison.Ordinal) || name.Contains("Total", StringComparison.Ordinal)
            || name is "Financial class" or "Charge price indicator" or "Courtesy code" or "Credit rating" or "Interest code" or "Current patient balance" => "ignored: charges",
        _ => "ignored: no place in the shared record",
    };

    private static Dictionary<string, string[]> Read()
    {
        using var reader = new StreamReader(typeof(MappingTable).Assembly.GetManifestResourceStream("Record.Core.Feeds.Mapping.fields.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r').Split('|')).ToDictionary(parts => parts[0], parts => parts[1..]);
    }
}
