using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>FHIR transaction: all entries or none. https://hl7.org/fhir/R4/http.html#transaction</summary>
internal static class Transaction
{
    private const int Attempts = 3;

    public static async Task<Answer> Handle(FhirRequest request, IReadOnlyList<BundleItem> items, CancellationToken cancellation)
    {
        if (items.FirstOrDefault(item => item.Wrong is not null) is { Wrong: { } wrong }) return wrong;
        if (items.Select(Unanswerable).FirstOrDefault(error => error is not null) is { } question) return question;
        foreach (var item in items)
            if (await Scoped.Refused(item.Request, Scoped.ActionsOf(item), cancellation) is { } uncovered) return uncovered with { Error = item.At(uncovered.Error!) };
        for (var attempt = 1; ; attempt++)
        {
            var written = await Write(request, items, cancellation);
            if (written.TryGet(out var answers, out var error)) return await Answered(items, answers, cancellation);
            if (attempt == Attempts || error != FhirErrors.WrittenMeanwhile) return error;
        }
    }

    private static async Task<Result<Answer[]>> Write(FhirRequest request, IReadOnlyList<BundleItem> items, CancellationToken cancellation)
    {
        await using var transaction = await request.Services.Store.Begin(request.Access, "api", cancellation);
        var plan = new TransactionPlan(transaction, request);
        if (await plan.Make(items, cancellation) is { } unresolved) return unresolved;
        foreach (var write in plan.Writes)
            if (await Carry(transaction, write, cancellation) is { } wrong) return write.Item.At(wrong);
        IReadOnlyList<Written> flushed = [];
        if (items.Any(item => item.Request.Reads))
        {
            if (!(await transaction.Flush(cancellation)).TryGet(out flushed!, out var refused)) return At(transaction, plan, refused);
            if (await Missing(transaction, items, cancellation) is { } missing) return missing;
        }

        var committed = await transaction.Commit(cancellation);
        return committed.TryGet(out var made, out var error) ? plan.Answers([.. flushed, .. made], items.Count) : At(transaction, plan, error);
    }

    // The entry whose write was refused, where it was one by itself.
    private static RecordError At(RecordTransaction transaction, TransactionPlan plan, RecordError error) =>
        transaction.Refused is { } place ? plan.Writes[place].Item.At(error) : error;

    private static async Task<RecordError?> Carry(RecordTransaction transaction, PlannedWrite write, CancellationToken cancellation)
    {
        var request = write.Item.Request;
        if (!Update.Expected(request).TryGet(out var expected, out var error)) return error;
        switch (request.Method)
        {
            case "DELETE":
                transaction.Delete(request.Type, write.Id, expected);
                return null;
            case "PATCH":
                if (!BundleReader.PatchOf(write.Item).TryGet(out var patch, out error)) return error;
                if (!Patch.Patched(await transaction.Find(request.Type, write.Id, cancellation), patch, expected, request).TryGet(out var next, out error)) return error;
                transaction.Put(request.Type, write.Id, next.Body, next.Version);
                return null;
            default:
                transaction.Add(Prepared(write, expected));
                return null;
        }
    }

    // A body whose references were all literal is not parsed again.
    private static ResourceWrite Prepared(PlannedWrite write, int? expected)
    {
        var type = write.Item.Request.Type;
        var prepared = write.IsNew && write.Item.Request.Method == "POST" ? ResourceWrite.Create(type, write.Id, write.Body) : ResourceWrite.Update(type, write.Id, write.Body, write.IsNew ? expected ?? 0 : expected);
        if (write.Body.Equals(write.Item.Body)) prepared.Prepare(write.Item.Resource);
        return prepared;
    }

    // A question that cannot be understood fails the transaction before it writes.
    private static RecordError? Unanswerable(BundleItem item)
    {
        if (!item.Request.Reads || item.Request.Id.Length > 0 || item.Request.Type == "metadata") return null;
        return SearchQuery.Parse(item.Request.Type, item.Request.Parameters, SearchType.Options(item.Request)).TryGet(out _, out var error) ? null : item.At(error);
    }

    // What the transaction reads must be there when it has written; it is read once it has been committed.
    private static async Task<RecordError?> Missing(RecordTransaction transaction, IReadOnlyList<BundleItem> items, CancellationToken cancellation)
    {
        foreach (var item in items)
        {
            if (!item.Request.Reads || item.Request.Id.Length == 0 || item.Request.Id == "_history" || item.Request.Part.Length > 0) continue;
            var found = await transaction.Find(item.Request.Type, item.Request.Id, cancellation);
            if (found is null or { Deleted: true }) return item.At(found is null ? FhirErrors.NotFound : FhirErrors.Deleted);
        }

        return null;
    }

    private static async Task<Answer> Answered(IReadOnlyList<BundleItem> items, Answer[] answers, CancellationToken cancellation)
    {
        foreach (var item in items.Where(item => item.Request.Reads)) answers[item.Place] = await Batch.One(item, cancellation);
        return Batch.Response("transaction-response", items, answers);
    }
}
