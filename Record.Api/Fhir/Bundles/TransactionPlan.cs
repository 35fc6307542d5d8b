using Record.Core;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>One write of a transaction, with the id that it got and its references resolved.</summary>
/// <param name="Item">The entry.</param>
/// <param name="Id">Which resource it writes.</param>
/// <param name="IsNew">Whether nothing may be there.</param>
internal sealed record PlannedWrite(BundleItem Item, string Id, bool IsNew)
{
    public ReadOnlyMemory<byte> Body { get; init; }

    public string Reference => $"{Item.Request.Type}/{Id}";
}

/// <summary>
/// What a transaction will write: conditions are searched, ids given, identities compared and references resolved before anything is written.
/// </summary>
internal sealed class TransactionPlan(RecordTransaction transaction, FhirRequest bundle)
{
    private readonly Dictionary<int, Answer> settled = [];
    private readonly List<PlannedWrite> identified = []; // also those that turn out to write nothing

    /// <summary>In the order in which they are carried out.</summary>
    public IReadOnlyList<PlannedWrite> Writes { get; private set; } = [];

    /// <summary>Makes the plan, or says why there is none.</summary>
    public async Task<RecordError?> Make(IReadOnlyList<BundleItem> items, CancellationToken cancellation)
    {
        var writing = items.Where(item => !item.Request.Reads).OrderBy(item => item.Order).ToList();
        if (SameCriteria(writing) is { } criteria) return criteria;
        foreach (var item in writing)
            if (await Identify(item, cancellation) is { } error) return item.At(error);
        if (SameResource() is { } twice) return twice;
        var references = new ReferenceResolver(transaction, bundle);
        if (references.Know(identified) is { } ambiguous) return ambiguous;
        var writes = new List<PlannedWrite>();
        foreach (var write in identified.Where(write => !settled.ContainsKey(write.Item.Place)))
        {
            if (!(await references.Resolve(write.Item.Body, cancellation)).TryGet(out var body, out var error)) return write.Item.At(error);
            writes.Add(write with { Body = body });
        }

        Writes = writes;
        return null;
    }

    /// <summary>The answers by place, where <paramref name="made"/> is what the writes made, in order.</summary>
    public Answer[] Answers(IReadOnlyList<Written> made, int count)
    {
        var answers = new Answer[count];
        foreach (var (place, answer) in settled) answers[place] = answer;
        for (var i = 0; i < Writes.Count; i++) answers[Writes[i].Item.Place] = Answer.Of(made[i], Writes[i].Item.Request);
        return answers;
    }

    private async Task<RecordError?> Identify(BundleItem item, CancellationToken cancellation)
    {
        var request = item.Request;
        if ((request.Method == "POST" ? request.IfNoneExist : item.Criteria) is { } criteria) return await IdentifyByCriteria(item, criteria, cancellation);
        if (request.Method == "DELETE" && await transaction.Find(request.Type, request.Id, cancellation) is null) settled[item.Place] = Delete.Nothing(request);
        var isNew = request.Method == "POST";
        identified.Add(new(item, isNew ? Create.NewId() : request.Id, isNew));
        return null;
    }

    private async Task<RecordError?> IdentifyByCriteria(BundleItem item, string criteria, CancellationToken cancellation)
    {
        var request = item.Request;
        if (!(await Matching.One(transaction, request, request.Type, criteria, cancellation)).TryGet(out var match, out var error)) return error;
        switch (request.Method)
        {
            case "POST" when match.Id is { } there:
                settled[item.Place] = await Writing.Present(transaction, request, there, cancellation);
                identified.Add(new(item, there, false));
                return settled[item.Place].Error;
            case "POST":
                identified.Add(new(item, Create.NewId(), true));
                return null;
            case "PUT":
                if (!ConditionalUpdate.IdFor(match, item.Body).TryGet(out var id, out error)) return error;
                identified.Add(new(item, id, match.Id is null));
                return null;
            case "DELETE" when match.Id is null:
                settled[item.Place] = Delete.Nothing(request);
                return null;
            case "PATCH" when match.Id is null:
                return FhirErrors.NotFound;
            default:
                identified.Add(new(item, match.Id!, false));
                return null;
        }
    }

    // Two entries with the same criteria are about the same resource, whether it is there or not.
    private static RecordError? SameCriteria(List<BundleItem> items)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in items)
            if (CriteriaOf(item) is { } criteria && !seen.TryAdd(criteria, item.Place)) return BundleErrors.SameTwice(seen[criteria], item.Place, $"the same criteria for {item.Request.Type}");
        return null;
    }

    private RecordError? SameResource()
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var write in identified)
            if (!seen.TryAdd(write.Reference, write.Item.Place)) return BundleErrors.SameTwice(seen[write.Reference], write.Item.Place, write.Reference);
        return null;
    }

    /// <summary>The criteria of a conditional entry, with its type; null if it has none.</summary>
    public static string? CriteriaOf(BundleItem item) =>
        (item.Request.Method == "POST" ? item.Request.IfNoneExist : item.Criteria) is { } criteria ? $"{item.Request.Type}?{criteria[(criteria.IndexOf('?', StringComparison.Ordinal) + 1)..]}" : null;
}
