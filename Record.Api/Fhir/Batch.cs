using Npgsql;

namespace Record.Api.Fhir;

/// <summary>FHIR batch: each entry for itself; and the door of transactions. https://hl7.org/fhir/R4/http.html#transaction</summary>
internal static class Batch
{
    private const int AtOnce = 64;

    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!FhirBody.Parse(request.Body, request.Services.Limits).TryGet(out var document, out var error)) return error;
        using (document)
        {
            if (FhirBody.Text(document.RootElement, "resourceType"u8) is not { } resourceType) return FhirRequestErrors.NotAResource;
            if (resourceType != "Bundle") return FhirRequestErrors.NotABundle;
            var type = FhirBody.Text(document.RootElement, "type"u8);
            if (type is not ("transaction" or "batch")) return FhirRequestErrors.NotABundle with { Expression = "Bundle.type" };
            var validation = type == "batch" ? request.Services.Validation : request.Services.Validation with { ConditionalReferences = true };
            if (!new BundleReader(request, validation).Read(document.RootElement).TryGet(out var items, out error)) return error;
            return type == "transaction" ? await Transaction.Handle(request, items, cancellation) : await Each(items, cancellation);
        }
    }

    private static async Task<Answer> Each(IReadOnlyList<BundleItem> items, CancellationToken cancellation)
    {
        var answers = new Answer[items.Count];
        foreach (var phase in items.GroupBy(item => item.Order).OrderBy(phase => phase.Key))
            await Parallel.ForEachAsync(Queues(phase), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (queue, stop) =>
            {
                foreach (var item in queue) answers[item.Place] = item.Wrong ?? await One(item, stop);
            });
        return Response("batch-response", items, answers);
    }

    // Entries about the same resource go one after the other, in the order of the Bundle; conditional ones may be about any.
    private static IEnumerable<IReadOnlyList<BundleItem>> Queues(IEnumerable<BundleItem> items) =>
        items.GroupBy(item => item.Request.Method == "POST" && item.Request.IfNoneExist is null || item.Request.Reads ? $"{item.Place}" : item.Request.Id.Length > 0 ? $"{item.Request.Type}/{item.Request.Id}" : "conditional")
            .Select(queue => (IReadOnlyList<BundleItem>)[.. queue]);

    /// <summary>Carries out one entry as a request of its own.</summary>
    public static async Task<Answer> One(BundleItem item, CancellationToken cancellation)
    {
        try
        {
            var answer = await Carry(item, cancellation);
            return answer.Error is { } error ? answer with { Error = item.At(error) } : answer;
        }
        catch (NpgsqlException)
        {
            return item.At(FhirRequestErrors.NotCarriedOut); // the other entries have their answers
        }
    }

    private static async Task<Answer> Carry(BundleItem item, CancellationToken cancellation) =>
        await Scoped.Refused(item.Request, Scoped.ActionsOf(item), cancellation) ?? await Allowed(item, cancellation);

    private static Task<Answer> Allowed(BundleItem item, CancellationToken cancellation)
    {
        var request = item.Request;
        return request.Method switch
        {
            "POST" when request.IfNoneExist is { } criteria => Create.IfNoneExists(request, FhirBody.Prepared(request, null, null, item.Resource), criteria, cancellation),
            "POST" => Writing.Write(request, FhirBody.Prepared(request, null, null, item.Resource), cancellation),
            "PUT" => item.Criteria is null ? Updates(item, cancellation) : ConditionalUpdate.Handle(request, cancellation),
            "PATCH" => Patches(item, cancellation),
            "DELETE" => item.Criteria is null ? Delete.Handle(request, cancellation) : ConditionalDelete.Handle(request, cancellation),
            _ => Reads(request, cancellation),
        };
    }

    private static async Task<Answer> Updates(BundleItem item, CancellationToken cancellation)
    {
        if (!Update.Expected(item.Request).TryGet(out var expected, out var error)) return error;
        return await Update.Handle(item.Request, FhirBody.Prepared(item.Request, item.Request.Id, expected, item.Resource), cancellation);
    }

    private static async Task<Answer> Patches(BundleItem item, CancellationToken cancellation)
    {
        if (!BundleReader.PatchOf(item).TryGet(out var patch, out var error)) return error;
        return await (item.Criteria is null ? Patch.Handle(item.Request, patch, cancellation) : ConditionalPatch.Handle(item.Request, patch, cancellation));
    }

    private static Task<Answer> Reads(FhirRequest request, CancellationToken cancellation) => request switch
    {
        { Type: "metadata" } => Capabilities.Handle(request, cancellation),
        { Version.Length: > 0 } => VersionRead.Handle(request, cancellation),
        { Id: "_history" } => History.Handle(request with { Id = "" }, cancellation),
        { Id.Length: > 0, Part: "_history" } => History.Handle(request, cancellation),
        { Id.Length: > 0 } => Read.Handle(request, cancellation),
        _ => SearchType.Handle(request, cancellation),
    };

    /// <summary>The answers, in the order of the requests.</summary>
    public static Answer Response(string type, IReadOnlyList<BundleItem> items, Answer[] answers) => new(StatusCodes.Status200OK)
    {
        Bundle = new FhirBundle(type, [.. items.Select(item => new BundleEntry { Answer = answers[item.Place], Request = item.Request })]),
    };
}
