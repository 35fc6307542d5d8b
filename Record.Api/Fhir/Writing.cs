using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>One write, and the answer to it.</summary>
internal static class Writing
{
    /// <summary>Writes at once; concurrent writes share a commit.</summary>
    public static async Task<Answer> Write(FhirRequest request, ResourceWrite write, CancellationToken cancellation)
    {
        var written = await request.Services.Store.Write(request.Access, write, cancellation);
        return written.TryGet(out var made, out var error) ? Answer.Of(made, request) : error;
    }

    public static async Task<Answer> Commit(RecordTransaction transaction, FhirRequest request, CancellationToken cancellation)
    {
        var written = await transaction.Commit(cancellation);
        return written.TryGet(out var made, out var error) ? Answer.Of(made[0], request) : error;
    }

    /// <summary>The resource that a conditional create found: nothing is written but, with the transaction's commit, its audit row.</summary>
    public static async Task<Answer> Present(RecordTransaction transaction, FhirRequest request, string id, CancellationToken cancellation)
    {
        var found = await transaction.Find(request.Type, id, cancellation);
        if (found is not { Deleted: false }) return FhirErrors.WrittenMeanwhile;
        await transaction.Note(new(request.Access, 'R', "create", request.Type, id, request.IfNoneExist, "success", found.Patient is { } patient ? [patient] : []), cancellation);
        return Answer.Of(new Written(found, false, false), request);
    }
}
