namespace Record.Core.Fhir;

/// <summary>What can go wrong with a search beside an unknown parameter and a value that cannot be understood.</summary>
public static class SearchErrors
{
    /// <summary>A modifier that is not offered for this parameter. Refused under lenient handling too, as FHIR asks.</summary>
    public static RecordError UnknownModifier(string type, string name) =>
        new(ErrorKind.Invalid, "fhir.search-modifier", $"The modifier of '{name}' is not offered for {type}.") { Issue = "not-supported" };

    /// <summary>Needs a terminology server, and none is configured.</summary>
    public static RecordError NeedsTerminology(string name) =>
        new(ErrorKind.Invalid, "fhir.search-terminology", $"'{name}' needs a terminology server, and none is configured.") { Issue = "not-supported" };

    /// <summary>Known to FHIR, not offered here.</summary>
    public static RecordError NotOffered(string name) =>
        new(ErrorKind.Invalid, "fhir.search-not-offered", $"'{name}' is not offered here.") { Issue = "not-supported" };

    /// <summary>The place of a page was not made by this server, or long ago.</summary>
    public static RecordError BadPage { get; } =
        new(ErrorKind.Invalid, "fhir.search-page", "This page cannot be found. Start the search again.");

    /// <summary>So much was written since the first page that its order cannot be kept.</summary>
    public static RecordError Moved { get; } =
        new(ErrorKind.Conflict, "fhir.search-moved", "Too much has been written since the first page to keep its order. Start the search again.");

    /// <summary>Took too long.</summary>
    public static RecordError TooLong { get; } =
        new(ErrorKind.Unprocessable, "fhir.search-too-costly", "The search took more than 30 seconds and was given up. Ask for less, or name a patient.");

    /// <summary>More parameters than a question may have.</summary>
    public static RecordError TooManyParameters { get; } =
        new(ErrorKind.Invalid, "fhir.search-too-long", "A search may have at most 200 parameters; alternatives of one parameter are separated by commas.");

    /// <summary>Chains within chains within chains.</summary>
    public static RecordError TooDeep { get; } =
        new(ErrorKind.Invalid, "fhir.search-too-deep", "A chain may have at most eight links.");
}
