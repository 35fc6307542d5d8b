namespace Record.Core.Fhir;

/// <summary>What can go wrong with a resource. Sentences never hold patient data.</summary>
public static class FhirErrors
{
    /// <summary>No such resource, or none that this caller may know of.</summary>
    public static RecordError NotFound { get; } = new(ErrorKind.NotFound, "fhir.not-found", "There is no such resource.");

    /// <summary>Deleted.</summary>
    public static RecordError Deleted { get; } = new(ErrorKind.Gone, "fhir.deleted", "This resource has been deleted.");

    /// <summary>The caller's role may not touch this type.</summary>
    public static RecordError Forbidden { get; } =
        new(ErrorKind.Forbidden, "fhir.forbidden", "Your role does not open patients' records.");

    /// <summary>A resource that the caller may not see cannot be written by it either.</summary>
    public static RecordError NotYours { get; } =
        new(ErrorKind.Forbidden, "fhir.not-yours", "You may not write this resource.");

    /// <summary>If-Match names another version than the current one.</summary>
    public static RecordError VersionConflict { get; } =
        new(ErrorKind.PreconditionFailed, "fhir.version-conflict", "The resource has changed since the version you name. Read it again.");

    /// <summary>Create of an id that is there.</summary>
    public static RecordError AlreadyThere { get; } =
        new(ErrorKind.Conflict, "fhir.already-there", "A resource with this id exists.");

    /// <summary>Somebody wrote the same resource at the same moment.</summary>
    public static RecordError WrittenMeanwhile { get; } =
        new(ErrorKind.Conflict, "fhir.written-meanwhile", "Somebody else wrote this resource at the same moment. Read it and try again.");

    /// <summary>Two writes of one transaction name the same resource.</summary>
    public static RecordError SameResourceTwice { get; } =
        new(ErrorKind.Invalid, "fhir.same-resource-twice", "Two entries of the transaction write the same resource.");

    /// <summary>Not a search parameter that is kept for this type.</summary>
    public static RecordError UnknownParameter(string type, string name) =>
        new(ErrorKind.Invalid, "fhir.search-not-supported", $"{type} cannot be searched by '{name}' here.") { Issue = "not-supported" };

    /// <summary>A search parameter's value that cannot be understood.</summary>
    public static RecordError BadValue(string name) =>
        new(ErrorKind.Invalid, "fhir.search-value", $"The value of '{name}' cannot be understood.") { Issue = "value" };
}
