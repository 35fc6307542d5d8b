namespace Record.Core;

/// <summary>
/// Bits of a resource's guard and of what facts about a patient grant. A resource is seen where no bit of its guard is among those
/// withheld from the caller; a seal that was opened stands at the same place in what is granted.
/// </summary>
internal static class Guard
{
    /// <summary>Sealed classes, by the bit that the policy gives them.</summary>
    public const long Seals = 0xFF;

    /// <summary>Hidden classes.</summary>
    public const long Hidden = 0xF00;

    /// <summary>Tells where a person is: withheld while the person is restricted.</summary>
    public const long Whereabouts = 1 << 12;

    /// <summary>Never in a guard; withheld with it: only what the caller's own sources say is shown.</summary>
    public const long Foreign = 1 << 14;

    /// <summary>In every guard, so that withholding everything is a mask like any other.</summary>
    public const long Always = 1 << 15;

    /// <summary>First of the bits of setting and content class.</summary>
    public const int FirstCell = 16;

    /// <summary>Granted: a legitimate relationship.</summary>
    public const long Related = 1 << 8;

    /// <summary>Granted: break-glass.</summary>
    public const long BreakGlass = 1 << 9;

    /// <summary>Said: the person objects to sharing.</summary>
    public const long Objects = 1 << 10;

    /// <summary>Said: the person's whereabouts are restricted.</summary>
    public const long Restricted = 1 << 11;

    /// <summary>Either way in.</summary>
    public const long Opens = Related | BreakGlass;

    /// <summary>Bits that can be opened with a reason: seals, and cells of the policy.</summary>
    public const long Openable = Seals | (-1L << FirstCell);

    /// <summary>Settings of content, in the order of their bits.</summary>
    public static IReadOnlyList<string> Settings { get; } = ["", "acute", "mental-health", "community"];

    /// <summary>Content classes, in the order of their bits.</summary>
    public static IReadOnlyList<string> Classes { get; } =
        ["clinical", "identity", "contact", "plan", "alert", "medicine", "letter", "work", "note", "administration"];

    /// <summary>The bit of a class of content written in a setting.</summary>
    public static long Cell(int setting, int contentClass) => 1L << (FirstCell + setting * Classes.Count + contentClass);

    /// <summary>Number of a source system: the same in every process, 0 for none.</summary>
    public static int Source(string code)
    {
        if (code.Length == 0) return 0;
        var hash = 2166136261u;
        foreach (var letter in code) hash = (hash ^ letter) * 16777619u;
        return (int)(hash | 1);
    }
}
