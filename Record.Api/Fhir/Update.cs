using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR update; creates where there is none. https://hl7.org/fhir/R4/http.html#update</summary>
internal static class Update
{
    public static async Task<IResult> Handle(string type, string id, HttpRequest request, Access access, ResourceStore store, CancellationToken cancellation)
    {
        if (!access.MayReadPatients) return FhirRequestErrors.MayNotWrite.ToOutcome();
        if (!IfMatch(request, out var expected)) return FhirRequestErrors.BadIfMatch.ToOutcome();
        var body = await FhirBody.Read(request, type, id, cancellation);
        if (!body.TryGet(out var bytes, out var error)) return error.ToOutcome();
        await using var transaction = await store.Begin(access, "api", cancellation);
        transaction.Put(type, id, bytes, expected);
        var written = await transaction.Commit(cancellation);
        if (!written.TryGet(out var made, out error)) return error.ToOutcome();
        return new ResourceResult(made[0].Resource, made[0].Created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>Reads If-Match; false if it is there and names no version.</summary>
    internal static bool IfMatch(HttpRequest request, out int? version)
    {
        version = null;
        var said = request.Headers.IfMatch.ToString();
        if (said.Length == 0) return true;
        if (!int.TryParse(said.Replace("W/", "", StringComparison.Ordinal).Trim('"'), out var number) || number < 1) return false;
        version = number;
        return true;
    }
}
