using Record.Core;

namespace Record.Api.Fhir;

/// <summary>What can be wrong with a FHIR request.</summary>
internal static class FhirRequestErrors
{
    public static RecordError NoSuchInteraction { get; } = new(ErrorKind.NotFound, "fhir.no-such-interaction", "There is no such FHIR interaction here; see /fhir/metadata.");

    public static RecordError UnknownType { get; } = new(ErrorKind.NotFound, "fhir.unknown-type", "This is not a resource type of FHIR R4.");

    public static RecordError NotJson { get; } = new(ErrorKind.Invalid, "fhir.not-json", "The body is not JSON, is nested too deeply, or names a property twice.");

    public static RecordError NotAResource { get; } = new(ErrorKind.Invalid, "fhir.not-a-resource", "The body must be a JSON object with a resourceType.");

    public static RecordError OtherType { get; } = new(ErrorKind.Invalid, "fhir.other-type", "The resourceType of the body is not the one in the address.");

    public static RecordError OtherId { get; } = new(ErrorKind.Invalid, "fhir.other-id", "The id of the body must be the one in the address.");

    public static RecordError BadId { get; } = new(ErrorKind.Invalid, "fhir.bad-id", "An id has 1 to 64 letters, digits, '-' and '.'.");

    public static RecordError BadIfMatch { get; } = new(ErrorKind.Invalid, "fhir.bad-if-match", "If-Match must name a version: W/\"3\".");

    public static RecordError MayNotWrite { get; } = new(ErrorKind.Forbidden, "fhir.may-not-write", "Your role does not write to the record.");

    public static RecordError NotABundle { get; } = new(ErrorKind.Invalid, "fhir.not-a-bundle", "The body must be a Bundle of type transaction or batch.");

    public static RecordError Conditional { get; } = new(ErrorKind.NotSupported, "fhir.conditional", "Conditional interactions are not offered here.");

    public static RecordError BadEntry(int place) => new(ErrorKind.Invalid, "fhir.bad-entry", $"Entry {place} of the Bundle has no request that can be carried out here.");
}
