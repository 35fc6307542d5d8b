namespace Reporting.Figures;

/// <summary>Whether invented data went into a figure. Nothing turns <see cref="Simulated"/> back into <see cref="Live"/>.</summary>
internal enum Origin
{
    Live,
    Simulated,
}

internal static class Origins
{
    /// <summary>The mark that every page, sheet and file name carries.</summary>
    public const string SimulatedMark = "SIMULATED DATA";

    public static Origin And(this Origin one, Origin other) =>
        one == Origin.Simulated || other == Origin.Simulated ? Origin.Simulated : Origin.Live;

    public static Origin Of(bool simulated) => simulated ? Origin.Simulated : Origin.Live;
}
