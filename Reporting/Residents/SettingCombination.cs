namespace Reporting.Residents;

/// <summary>How many people had care in exactly these settings.</summary>
internal sealed record SettingCombination(IReadOnlyList<string> Settings, long People);
