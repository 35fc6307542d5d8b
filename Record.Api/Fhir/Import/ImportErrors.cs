using Record.Core;

namespace Record.Api.Fhir;

/// <summary>What can be wrong with an import.</summary>
internal static class ImportErrors
{
    public static RecordError NotStored { get; } = new(ErrorKind.Unprocessable, "fhir.import-line", "The resource could not be stored.") { Issue = "exception" };

    public static RecordError MayNotImport { get; } = new(ErrorKind.Forbidden, "fhir.may-not-import", "Only registered systems import.");

    public static RecordError Media { get; } = new(ErrorKind.UnsupportedMedia, "fhir.import-media-type", "An import is ndjson (application/fhir+ndjson), several files (multipart/form-data), or a Parameters resource that names files.");

    public static RecordError NoInput { get; } = new(ErrorKind.Invalid, "fhir.import-input", "The Parameters resource names no input; each has a part 'url' with the name of a file.") { Issue = "required" };

    public static RecordError NoFolder { get; } = new(ErrorKind.NotSupported, "fhir.import-folder", "No folder for imports is configured here; send the resources themselves.");

    public static RecordError NoSuchFile(int place) => new(ErrorKind.Invalid, "fhir.import-file", $"Input {place} is not the name of a file in the import folder; addresses are not fetched.") { Issue = "value" };

    public static RecordError NoSuchImport { get; } = new(ErrorKind.NotFound, "fhir.no-such-import", "There is no such import, or it was cancelled.");
}
