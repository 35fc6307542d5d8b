using Record.Core;

namespace Record.Api.Fhir;

/// <summary>What can be wrong with an entry of a batch or transaction.</summary>
internal static class BundleErrors
{
    public static RecordError BadMethod { get; } = new(ErrorKind.Invalid, "fhir.bad-entry", "The entry's request.method must be GET, HEAD, POST, PUT, PATCH or DELETE.") { Issue = "value" };

    public static RecordError BadUrl { get; } = new(ErrorKind.Invalid, "fhir.bad-entry", "The entry's request.url is not one that goes with its method, as Patient, Patient/1 or Patient?identifier=… do.") { Issue = "value" };

    public static RecordError NoResource { get; } = new(ErrorKind.Invalid, "fhir.bad-entry", "The entry has no resource.") { Issue = "required" };

    public static RecordError NoPatch { get; } = new(ErrorKind.Invalid, "fhir.bad-entry", "The entry's resource must be a Binary whose data is a JSON Patch.") { Issue = "structure" };

    public static RecordError SameTwice(int one, int other, string what) => new(ErrorKind.Invalid, "fhir.same-resource-twice", $"Entries {one} and {other} of the transaction are about the same resource ({what}).") { Issue = "duplicate", Expression = $"Bundle.entry[{other}]" };

    public static RecordError SameFullUrl(int one, int other) => new(ErrorKind.Invalid, "fhir.same-full-url", $"Entries {one} and {other} of the transaction have the same fullUrl.") { Issue = "duplicate", Expression = $"Bundle.entry[{other}].fullUrl" };

    public static RecordError NoReferent { get; } = new(ErrorKind.PreconditionFailed, "fhir.reference-without-match", "A conditional reference matches no resource.") { Issue = "not-found" };

    public static RecordError SeveralReferents { get; } = new(ErrorKind.PreconditionFailed, "fhir.reference-with-several-matches", "A conditional reference matches several resources.") { Issue = "multiple-matches" };
}
