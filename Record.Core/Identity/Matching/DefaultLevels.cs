namespace Record.Core.Identity.Matching;

/// <summary>
/// What is thought of each level before any data is seen: (m, u). Estimation starts here and stays near it for what the data
/// hardly shows.
/// </summary>
internal static class DefaultLevels
{
    public static IReadOnlyDictionary<MatchField, (MatchLevel Level, double M, double U)[]> All { get; } = new Dictionary<MatchField, (MatchLevel, double, double)[]>
    {
        [MatchField.Given] = [(MatchLevel.Exact, 0.80, 0.006), (MatchLevel.Equivalent, 0.05, 0.004), (MatchLevel.Swapped, 0.01, 0.0002), (MatchLevel.Close, 0.07, 0.006), (MatchLevel.Similar, 0.03, 0.01), (MatchLevel.Part, 0.02, 0.02), (MatchLevel.Different, 0.02, 0.95)],
        [MatchField.Middle] = [(MatchLevel.Exact, 0.80, 0.03), (MatchLevel.Close, 0.05, 0.01), (MatchLevel.Part, 0.10, 0.05), (MatchLevel.Different, 0.05, 0.91)],
        [MatchField.Family] = [(MatchLevel.Exact, 0.83, 0.002), (MatchLevel.Swapped, 0.01, 0.0002), (MatchLevel.Close, 0.07, 0.003), (MatchLevel.Similar, 0.02, 0.006), (MatchLevel.Part, 0.03, 0.001), (MatchLevel.Different, 0.04, 0.9878)],
        [MatchField.BirthDate] = [(MatchLevel.Exact, 0.89, 0.00004), (MatchLevel.Swapped, 0.01, 0.00004), (MatchLevel.Close, 0.05, 0.0006), (MatchLevel.Similar, 0.02, 0.006), (MatchLevel.Part, 0.01, 0.04), (MatchLevel.Different, 0.01, 0.23), (MatchLevel.Conflict, 0.01, 0.7233)],
        [MatchField.Sex] = [(MatchLevel.Exact, 0.985, 0.5), (MatchLevel.Different, 0.015, 0.5)],
        [MatchField.Postcode] = [(MatchLevel.Exact, 0.70, 0.0001), (MatchLevel.Close, 0.06, 0.0006), (MatchLevel.Part, 0.10, 0.02), (MatchLevel.Different, 0.14, 0.9793)],
        [MatchField.Address] = [(MatchLevel.Exact, 0.65, 0.0001), (MatchLevel.Close, 0.10, 0.0005), (MatchLevel.Similar, 0.05, 0.005), (MatchLevel.Different, 0.20, 0.9944)],
        [MatchField.Locality] = [(MatchLevel.Exact, 0.75, 0.06), (MatchLevel.Close, 0.08, 0.006), (MatchLevel.Similar, 0.02, 0.01), (MatchLevel.Different, 0.15, 0.924)],
        [MatchField.Phone] = [(MatchLevel.Exact, 0.65, 0.0001), (MatchLevel.Close, 0.05, 0.0001), (MatchLevel.Different, 0.30, 0.9998)],
        [MatchField.Email] = [(MatchLevel.Exact, 0.70, 0.00005), (MatchLevel.Close, 0.10, 0.0001), (MatchLevel.Similar, 0.05, 0.0005), (MatchLevel.Different, 0.15, 0.99935)],
        [MatchField.NhsNumber] = [(MatchLevel.Exact, 0.90, 0.000002), (MatchLevel.Equivalent, 0.01, 0.000001), (MatchLevel.Close, 0.01, 0.00002), (MatchLevel.Part, 0.07, 0.00001), (MatchLevel.Different, 0.009, 0.3), (MatchLevel.Conflict, 0.001, 0.699967)],
        [MatchField.Identifier] = [(MatchLevel.Exact, 0.85, 0.00002), (MatchLevel.Close, 0.09, 0.0001), (MatchLevel.Different, 0.06, 0.99988)],
        [MatchField.BirthPlace] = [(MatchLevel.Exact, 0.75, 0.02), (MatchLevel.Close, 0.08, 0.005), (MatchLevel.Similar, 0.05, 0.01), (MatchLevel.Different, 0.12, 0.965)],
        [MatchField.Occupation] = [(MatchLevel.Exact, 0.60, 0.04), (MatchLevel.Close, 0.05, 0.01), (MatchLevel.Similar, 0.05, 0.03), (MatchLevel.Different, 0.30, 0.92)],
    };
}
