using Record.Core;

namespace Record.Api.Fhir;

/// <summary>What can go wrong where a terminology server is asked.</summary>
internal static class TerminologyErrors
{
    public static RecordError Unavailable { get; } =
        new(ErrorKind.Unavailable, "fhir.terminology-unavailable", "The terminology server does not answer. Try again, or ask by codes.");

    public static RecordError NotExpanded { get; } =
        new(ErrorKind.Invalid, "fhir.terminology-unknown", "The terminology server does not know this value set or code.") { Issue = "not-found" };

    public static RecordError TooMany(int most) =>
        new(ErrorKind.Invalid, "fhir.terminology-too-many", $"The value set has more than {most} codes.") { Issue = "too-costly" };
}
