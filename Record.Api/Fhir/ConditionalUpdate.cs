using System.Text.Json;
using Record.Core;

namespace Record.Api.Fhir;

/// <summary>FHIR conditional update. https://hl7.org/fhir/R4/http.html#cond-update</summary>
internal static class ConditionalUpdate
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!Conditions.Expected(request.IfMatch).TryGet(out var expected, out var error)) return error;
        if (FhirBody.Check(request.Body, request.Type, null, request.Services) is { } wrong) return wrong;
        await using var transaction = await request.Services.Store.Begin(request.Access, "api", cancellation);
        if (!(await Matching.One(transaction, request, request.Type, Matching.CriteriaOf(request), cancellation)).TryGet(out var match, out error)) return error;
        if (!IdFor(match, request.Body).TryGet(out var id, out error)) return error;
        transaction.Put(request.Type, id, request.Body, match.Id is null ? expected ?? 0 : expected);
        return await Writing.Commit(transaction, request, cancellation);
    }

    /// <summary>Which id is written: that of the match, else the body's own, else a new one.</summary>
    public static Result<string> IdFor(Match match, ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
        var own = FhirBody.Text(document.RootElement, "id"u8);
        if (match.Id is not null) return own is null || own == match.Id ? match.Id : FhirRequestErrors.OtherMatch;
        if (own is null) return Create.NewId();
        return FhirBody.Id().IsMatch(own) ? own : FhirRequestErrors.BadId;
    }
}
