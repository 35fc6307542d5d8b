using Record.Core.ChangeLog;
using Record.Core.Fhir;
using Record.Core.Tasks;

namespace Record.Core.Pathways;

/// <summary>
/// The pathways consumer: for each person that something was written about, works out every clock again and puts, updates or
/// closes the follow-up task on the responsible team's worklist, in the same transaction.
/// </summary>
public sealed class EvaluatePathways(IReadOnlyList<PathwayRule> rules, ResourceStore store, ClockStore clocks, TimeProvider clock)
{
    /// <summary>Name of the consumer and cause of its writes.</summary>
    public const string Name = "pathways";

    private static readonly string[] Types = ["Encounter", "Patient", "Link"];
    private readonly string[] placeKinds = [.. rules.SelectMany(rule => rule.Start.PlaceKinds).Distinct()];

    /// <summary>Handles a batch of changes.</summary>
    public Task Handle(IReadOnlyList<Change> changes, RecordTransaction transaction, CancellationToken cancellation) =>
        Evaluate(transaction, [.. changes.Where(change => Types.Contains(change.Type) && change.Person is not null).Select(change => change.Person!.Value).Distinct()], cancellation);

    /// <summary>Works out again what time alone has changed.</summary>
    /// <returns>How many persons.</returns>
    public async Task<int> EvaluateDue(CancellationToken cancellation)
    {
        var access = Access.OfService($"record-worker/{Name}");
        var persons = await clocks.Due(access, clock.GetUtcNow(), 100, cancellation);
        if (persons.Count == 0) return 0;
        await using var transaction = await store.Begin(access, Name, cancellation);
        await Evaluate(transaction, [.. persons], cancellation);
        var committed = await transaction.Commit(cancellation);
        return committed.TryGet(out _, out var error) ? persons.Count : throw new ConsumerRefusedException(Name, error);
    }

    private async Task Evaluate(RecordTransaction transaction, Guid[] persons, CancellationToken cancellation)
    {
        if (persons.Length == 0) return;
        var concerned = await ClockStore.PatientsConcerned(transaction, persons, placeKinds, cancellation);
        if (concerned.Count == 0) return;
        var resources = await ResourceStore.CompartmentIn(transaction, [.. concerned.Values.SelectMany(p => p).Distinct()], ["Encounter", "Patient", "Task"], cancellation);
        var byPatient = resources.ToLookup(resource => resource.Patient!);
        var now = clock.GetUtcNow();
        var results = new List<(PathwayRule Rule, Guid Person, Clock Clock)>();
        foreach (var (person, patients) in concerned)
        {
            var own = patients.SelectMany(patient => byPatient[patient]).ToList();
            var timeline = TimelineOf(own);
            foreach (var rule in rules)
            {
                var found = PathwayEvaluation.Evaluate(rule, timeline, now);
                results.AddRange(found.Select(result => (rule, person, result)));
                FollowUpTasks.Write(transaction, rule, found, own, now);
            }
        }

        await ClockStore.Replace(transaction, [.. concerned.Keys], results, now, cancellation);
    }

    private static Timeline TimelineOf(List<StoredResource> resources)
    {
        var episodes = resources.Where(r => r.Type == "Encounter").Select(r => Episode.Of(r.Id, r.Patient!, r.Json())).ToList();
        var died = resources.Where(r => r.Type == "Patient").Select(r => Moment.Of(r.Json()["deceasedDateTime"]?.GetValue<string>())).FirstOrDefault(moment => moment is not null);
        return new(episodes, died);
    }
}
