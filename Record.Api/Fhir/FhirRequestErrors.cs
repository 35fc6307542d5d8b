using Record.Core;

namespace Record.Api.Fhir;

/// <summary>What can be wrong with a FHIR request.</summary>
internal static class FhirRequestErrors
{
    public static RecordError NotCarriedOut { get; } = new(ErrorKind.Unavailable, "fhir.not-carried-out", "The record could not carry this entry out; ask what became of it and send it again.");

    public static RecordError NoSuchInteraction { get; } = new(ErrorKind.NotFound, "fhir.no-such-interaction", "There is no such FHIR interaction here; see /fhir/metadata.");

    public static RecordError UnknownType { get; } = new(ErrorKind.NotFound, "fhir.unknown-type", "This is not a resource type of FHIR R4.") { Issue = "not-supported" };

    public static RecordError NotJson { get; } = new(ErrorKind.Invalid, "fhir.not-json", "The body is not JSON.") { Issue = "structure" };

    public static RecordError Empty { get; } = new(ErrorKind.Invalid, "fhir.not-json", "The body is empty; it must be a resource in JSON.") { Issue = "required" };

    public static RecordError NotUtf8 { get; } = new(ErrorKind.Unprocessable, "fhir.not-utf-8", "The body is not valid UTF-8.") { Issue = "structure" };

    public static RecordError DuplicateKey { get; } = new(ErrorKind.Unprocessable, "fhir.duplicate-key", "An object of the body names a property twice.") { Issue = "structure" };

    public static RecordError NotAResource { get; } = new(ErrorKind.Invalid, "fhir.not-a-resource", "The body must be a JSON object with a resourceType.") { Issue = "structure" };

    public static RecordError OtherType { get; } = new(ErrorKind.Invalid, "fhir.other-type", "The resourceType of the body is not the one in the address.");

    public static RecordError OtherId { get; } = new(ErrorKind.Invalid, "fhir.other-id", "The id of the body must be the one in the address.");

    public static RecordError OtherMatch { get; } = new(ErrorKind.Invalid, "fhir.other-id", "The id of the body is not that of the resource which matches.");

    public static RecordError BadId { get; } = new(ErrorKind.Invalid, "fhir.bad-id", "An id has 1 to 64 letters, digits, '-' and '.'.") { Issue = "value" };

    public static RecordError BadIfMatch { get; } = new(ErrorKind.Invalid, "fhir.bad-if-match", "If-Match must name a version: W/\"3\".") { Issue = "value" };

    public static RecordError BadDate { get; } = new(ErrorKind.Invalid, "fhir.bad-date", "If-Modified-Since must be an HTTP date.") { Issue = "value" };

    public static RecordError MayNotWrite { get; } = new(ErrorKind.Forbidden, "fhir.may-not-write", "Your role does not write to the record.");

    public static RecordError NotABundle { get; } = new(ErrorKind.Invalid, "fhir.not-a-bundle", "The body must be a Bundle of type transaction or batch.");

    public static RecordError NotAcceptable { get; } = new(ErrorKind.NotAcceptable, "fhir.not-acceptable", "Answers are FHIR R4 in JSON (application/fhir+json); XML, Turtle and other versions are not offered.");

    public static RecordError UnsupportedMedia { get; } = new(ErrorKind.UnsupportedMedia, "fhir.unsupported-media-type", "The body must be FHIR R4 in JSON (application/fhir+json); a patch must be JSON Patch (application/json-patch+json).");

    public static RecordError UnsupportedCharset { get; } = new(ErrorKind.UnsupportedMedia, "fhir.unsupported-charset", "The body must be in UTF-8.");

    public static RecordError FormExpected { get; } = new(ErrorKind.UnsupportedMedia, "fhir.form-expected", "A search by POST has a form as its body (application/x-www-form-urlencoded).");

    public static RecordError BadForm { get; } = new(ErrorKind.Invalid, "fhir.bad-form", "The form cannot be read, or has too many or too long fields.");

    public static RecordError NoCriteria { get; } = new(ErrorKind.Invalid, "fhir.no-criteria", "A conditional interaction needs search criteria.") { Issue = "required" };

    public static RecordError SeveralMatch { get; } = new(ErrorKind.PreconditionFailed, "fhir.several-match", "Several resources match the criteria; they must select one.") { Issue = "multiple-matches" };

    public static RecordError TooDeep(int limit) => new(ErrorKind.Unprocessable, "fhir.too-deep", $"The body nests more than {limit} levels deep.") { Issue = "too-costly" };

    public static RecordError TooManyTokens(int limit) => new(ErrorKind.Unprocessable, "fhir.too-many-tokens", $"The body has more than {limit} JSON tokens.") { Issue = "too-costly" };

    public static RecordError TooManyEntries(int limit) => new(ErrorKind.Unprocessable, "fhir.too-many-entries", $"A Bundle may have at most {limit} entries here.") { Issue = "too-costly", Expression = "Bundle.entry" };

    public static RecordError TooLarge(int limit) => new(ErrorKind.TooLarge, "fhir.too-large", $"A body may have at most {limit} bytes here.");

    public static RecordError BadParameter(string name) => new(ErrorKind.Invalid, "fhir.bad-parameter", $"The value of '{name}' cannot be understood.") { Issue = "value" };

    public static RecordError OperationNotOffered(string name, bool known) => new(known ? ErrorKind.NotSupported : ErrorKind.NotFound, "fhir.operation-not-offered", $"The operation {name} is not offered here.") { Issue = "not-supported" };

    public static RecordError FhirPathPatch { get; } = new(ErrorKind.NotSupported, "fhir.fhirpath-patch", "FHIRPath Patch is not offered here; send a JSON Patch (application/json-patch+json).");

    public static RecordError NotOffered(string what) => new(ErrorKind.NotSupported, "fhir.not-offered", $"{what} is not offered here.");
}
