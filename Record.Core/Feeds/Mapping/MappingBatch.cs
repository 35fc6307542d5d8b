using Record.Core.Feeds.V2;
using Record.Core.Fhir;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>One batch of messages in one transaction: hold what they are about, fold it, put what comes out.</summary>
internal sealed class MappingBatch(RecordTransaction transaction, CareSystem system, IReadOnlyList<StoredMessage> batch)
{
    private readonly Dictionary<long, Reading> readings = [];
    private readonly Dictionary<long, (long Id, string State, string? Reason)> marks = batch.ToDictionary(m => m.Id, m => (m.Id, "mapped", (string?)null));

    /// <summary>What became of each message of the batch.</summary>
    public IReadOnlyCollection<(long Id, string State, string? Reason)> Marks => marks.Values;

    /// <summary>Does it.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        var subjects = Subjects();
        await MessageStore.AddSubjects(transaction, batch.Select(m => m.Id), subjects, cancellation);
        var visits = batch.Where(m => m.VisitKey is not null).Select(m => (m.Source, Key: m.VisitKey!))
            .Concat(subjects.Where(s => s.Kind == Subject.OtherVisit).Select(s => (s.Source, s.Key))).ToHashSet();
        var accounts = subjects.Where(s => s.Kind is Subject.Account or Subject.MovedAccount).Select(s => (s.Source, s.Key)).Distinct().ToList();
        if (accounts.Count > 0) visits.UnionWith(await MessageStore.MoveAccounts(transaction, accounts, cancellation));
        var patients = batch.Select(m => (m.Source, Key: m.PatientKey))
            .Concat(batch.Where(m => m.MergedKey is not null).Select(m => (m.Source, Key: m.MergedKey!)))
            .Concat(subjects.Where(s => s.Kind == Subject.OtherPatient).Select(s => (s.Source, s.Key))).Distinct().ToList();
        var others = subjects.Where(s => Families.All.Any(f => f.Kind == s.Kind)).Select(s => (s.Source, s.Kind, s.Key)).Distinct().ToList();
        await MessageStore.Hold(transaction,
            [.. patients.Select(p => $"{p.Source}|{p.Key}"), .. visits.Select(v => $"{v.Source}|visit|{v.Key}"), .. others.Select(o => $"{o.Source}|{o.Kind}|{o.Key}")], cancellation);
        await PutPatients(patients, cancellation);
        if (visits.Count > 0) await PutVisits(visits, cancellation);
        if (others.Count > 0) await PutOthers(others, cancellation);
    }

    private List<Subject> Subjects()
    {
        var subjects = new List<Subject>();
        foreach (var message in batch)
        {
            if (Read(message) is not { } reading) continue;
            var before = subjects.Count;
            subjects.AddRange(Subject.Of(reading));
            if (subjects.Count == before && Triggers.NumberOf(reading.Type) is { } missing) Wait(message.Id, missing);
        }

        return subjects;
    }

    private async Task PutPatients(List<(string Source, string Key)> patients, CancellationToken cancellation)
    {
        var messages = (await MessageStore.PatientMessages(transaction, patients, cancellation)).ToLookup(m => (m.Message.Source, m.Asked), m => m.Message);
        foreach (var (sourceCode, key) in patients)
        {
            if (system.Source(sourceCode) is not { } source) continue;
            if (PatientFold.Of(source, key, [.. messages[(sourceCode, key)]], Read) is { } patient) transaction.Put("Patient", SourceIds.Of(sourceCode, "Patient", key), patient);
        }
    }

    private async Task PutVisits(HashSet<(string Source, string Key)> visits, CancellationToken cancellation)
    {
        var messages = (await MessageStore.VisitMessages(transaction, visits, cancellation)).ToLookup(m => (m.Message.Source, m.Asked), m => m.Message);
        foreach (var visit in visits)
        {
            if (system.Source(visit.Source) is not { } source) continue;
            var (encounter, faults) = VisitFold.Of(source, visit.Key, [.. messages[visit]], Read);
            foreach (var (id, reason) in faults) Wait(id, reason);
            if (encounter is not null) transaction.Put("Encounter", SourceIds.Of(visit.Source, "Encounter", visit.Key), encounter);
        }
    }

    private async Task PutOthers(List<(string Source, string Kind, string Key)> subjects, CancellationToken cancellation)
    {
        var messages = (await MessageStore.SubjectMessages(transaction, subjects, cancellation)).ToLookup(m => (m.Source, m.Kind, m.Key), m => m.Message);
        foreach (var subject in subjects)
        {
            if (system.Source(subject.Source) is not { } source) continue;
            var family = Families.All.First(f => f.Kind == subject.Kind);
            var folded = family.Fold(source, system, subject.Key, [.. messages[subject].Select(Read).OfType<Reading>()]);
            foreach (var (id, reason) in folded.Faults) Wait(id, reason);
            foreach (var (type, id, json) in folded.Resources) transaction.Put(type, id, json);
        }
    }

    private Reading? Read(StoredMessage message)
    {
        if (readings.TryGetValue(message.Id, out var known)) return known;
        if (message.Trigger is StoredMessage.Bundle or StoredMessage.Row || system.Source(message.Source) is not { } source || !V2Message.TryParse(message.Body, out var parsed, out _)) return null;
        return readings[message.Id] = new(message, parsed, source);
    }

    // A message of another batch is judged by that one.
    private void Wait(long id, string reason)
    {
        if (marks.TryGetValue(id, out var mark) && mark.Reason is null) marks[id] = (id, "waiting", reason);
    }
}
