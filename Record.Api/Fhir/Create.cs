using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR create, also on condition that there is none. https://hl7.org/fhir/R4/http.html#create</summary>
internal static class Create
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!FhirBody.Write(request, null, null).TryGet(out var write, out var error)) return error;
        return request.IfNoneExist is { } criteria ? await IfNoneExists(request, write, criteria, cancellation) : await Writing.Write(request, write, cancellation);
    }

    /// <summary>An id that the server gives; later ones sort after earlier ones.</summary>
    public static string NewId() => ResourceId.New();

    /// <summary>Writes unless the criteria find one. https://hl7.org/fhir/R4/http.html#ccreate</summary>
    public static async Task<Answer> IfNoneExists(FhirRequest request, ResourceWrite write, string criteria, CancellationToken cancellation)
    {
        await using var transaction = await request.Services.Store.Begin(request.Access, "api", cancellation);
        if (!(await Matching.One(transaction, request, request.Type, criteria, cancellation)).TryGet(out var match, out var error)) return error;
        if (match.Id is null)
        {
            transaction.Add(write);
            return await Writing.Commit(transaction, request, cancellation);
        }

        var present = await Writing.Present(transaction, request, match.Id, cancellation);
        if (present.Error is not null) return present;
        return (await transaction.Commit(cancellation)).TryGet(out _, out error) ? present : error;
    }
}
