using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Record.Core.Feeds.Bundles;
using Record.Core.Feeds.V2;
using Record.Core.Fhir;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>
/// Maps stored messages to FHIR: a batch's source patients are held, their messages folded, and what comes out is written
/// together with the messages' state. Any number of workers share; folding makes the order of arrival irrelevant.
/// </summary>
public sealed class MapMessages(ResourceStore store, CareSystem system, TimeProvider clock)
{
    private const string Waiting = "waiting";

    /// <summary>Maps up to so many messages in one transaction.</summary>
    /// <returns>How many it took; 0: none waited.</returns>
    public async Task<int> Step(int count, CancellationToken cancellation)
    {
        var claimed = new List<StoredMessage>();
        try
        {
            return await Batch(count, claimed, cancellation);
        }
        catch (Exception problem) when (IsOfContent(problem) && claimed.Count > 0)
        {
            if (claimed.Count == 1) await SetAside(claimed[0], problem, cancellation);
            else for (var i = 0; i < claimed.Count; i++) await Step(1, cancellation); // finds the one that it was
            return claimed.Count;
        }
    }

    // What the content of one message can cause; anything else is the database's or ours, and is tried again.
    private static bool IsOfContent(Exception problem) => problem is MappingRefusedException or JsonException or InvalidOperationException
        or FormatException or ArgumentException or PostgresException { SqlState: ['2', '2', ..] };

    private async Task<int> Batch(int count, List<StoredMessage> claimed, CancellationToken cancellation)
    {
        await using var transaction = await store.Begin(Access.OfService("record-worker/feeds"), "feed", cancellation);
        var batch = await MessageStore.Claim(transaction, count, cancellation);
        if (batch.Count == 0) return 0;
        claimed.AddRange(batch);
        var patients = batch.SelectMany(m => m.MergedKey is null ? [(m.Source, Key: m.PatientKey)] : new[] { (m.Source, Key: m.PatientKey), (m.Source, Key: m.MergedKey) })
            .Distinct().ToList();
        await MessageStore.Hold(transaction, patients, cancellation);
        var marks = batch.ToDictionary(m => m.Id, m => (m.Id, State: "mapped", Reason: (string?)null));
        await PutPatients(transaction, patients, cancellation);
        await PutVisits(transaction, batch, marks, cancellation);
        await MessageStore.Mark(transaction, marks.Values, clock.GetUtcNow(), cancellation);
        var committed = await transaction.Commit(cancellation);
        return committed.TryGet(out _, out var error) ? batch.Count : throw new MappingRefusedException(error);
    }

    private async Task SetAside(StoredMessage message, Exception problem, CancellationToken cancellation)
    {
        var reason = problem is MappingRefusedException refused ? $"{refused.Error.Code}: {refused.Error.Detail}" : $"its content could not be mapped ({problem.GetType().Name})";
        await using var transaction = await store.Begin(Access.OfService("record-worker/feeds"), "feed", cancellation);
        await MessageStore.Mark(transaction, [(message.Id, Waiting, reason)], clock.GetUtcNow(), cancellation);
        await transaction.Commit(cancellation);
    }

    private async Task PutPatients(RecordTransaction transaction, List<(string Source, string Key)> patients, CancellationToken cancellation)
    {
        var messages = await MessageStore.PatientMessages(transaction, patients, cancellation);
        foreach (var (sourceCode, key) in patients)
        {
            if (system.Source(sourceCode) is not { } source) continue;
            var patient = Patient(source, key, messages.Where(m => m.Source == sourceCode));
            if (patient is not null) transaction.Put("Patient", SourceIds.Of(sourceCode, "Patient", key), patient);
        }
    }

    private static JsonObject? Patient(SourceSystem source, string key, IEnumerable<StoredMessage> messages)
    {
        var patient = new JsonObject { ["resourceType"] = "Patient", ["meta"] = Systems.Meta(source) };
        var said = false;
        string? mergedInto = null;
        foreach (var message in messages)
        {
            if (message.MergedKey == key) mergedInto = message.PatientKey;
            if (message.PatientKey != key) continue;
            said = true;
            if (message.Trigger == "bundle") patient = BundleMapping.Patient(message.Body, source);
            else if (V2Message.TryParse(message.Body, out var parsed, out _)) V2Patient.Apply(parsed, source, patient, message.ReceivedAt);
        }

        if (!said && mergedInto is null) return null;
        if (!said) patient["identifier"] = new JsonArray(new JsonObject { ["use"] = "usual", ["system"] = source.IdentifierSystem, ["value"] = key });
        patient["active"] = mergedInto is null;
        if (mergedInto is not null)
            patient["link"] = new JsonArray(new JsonObject
            {
                ["other"] = new JsonObject { ["reference"] = $"Patient/{SourceIds.Of(source.Code, "Patient", mergedInto)}" }, ["type"] = "replaced-by",
            });
        patient["managingOrganization"] = new JsonObject { ["reference"] = $"Organization/{source.Organisation}" };
        return patient;
    }

    private async Task PutVisits(
        RecordTransaction transaction, List<StoredMessage> batch, Dictionary<long, (long Id, string State, string? Reason)> marks, CancellationToken cancellation)
    {
        var visits = batch.Where(m => m.VisitKey is not null).Select(m => (m.Source, Key: m.VisitKey!)).Distinct().ToList();
        if (visits.Count == 0) return;
        var messages = (await MessageStore.VisitMessages(transaction, visits, cancellation)).ToLookup(m => (m.Source, m.VisitKey!));
        foreach (var visit in visits)
        {
            if (system.Source(visit.Source) is not { } source) continue;
            var (encounter, faults) = Fold(source, visit.Key, [.. messages[visit]]);
            foreach (var (id, reason) in faults)
                if (marks.ContainsKey(id)) marks[id] = (id, Waiting, reason);
            if (encounter is not null) transaction.Put("Encounter", SourceIds.Of(visit.Source, "Encounter", visit.Key), encounter);
        }
    }

    private static (JsonObject? Encounter, List<(long Id, string Reason)> Faults) Fold(SourceSystem source, string key, List<StoredMessage> messages)
    {
        var faults = new List<(long, string)>();
        if (messages.Count == 0) return (null, faults);
        var patient = SourceIds.Of(source.Code, "Patient", messages[^1].PatientKey);
        if (messages[^1].Trigger == "bundle")
        {
            var (found, reason) = BundleMapping.Encounter(messages[^1].Body, source, patient);
            if (reason is not null) faults.Add((messages[^1].Id, reason));
            return (found, faults);
        }

        var visit = new V2Visit(source);
        foreach (var message in messages)
        {
            if (!V2Message.TryParse(message.Body, out var parsed, out _)) continue;
            var happened = parsed.Segment("EVN") is var evn && evn.Field(6).HasValue ? evn.Field(6) : evn.Field(2).HasValue ? evn.Field(2) : parsed.Header.Field(7);
            if (!V2Time.TryParse(happened.Text, message.ReceivedAt, out var time)) continue;
            if (visit.Take(parsed, message.Trigger, time, message.ReceivedAt) is { } fault) faults.Add((message.Id, fault));
        }

        return (visit.ToEncounter(patient, key), faults);
    }
}

/// <summary>The store refused a batch; nothing was written and it is tried again, then one by one.</summary>
public sealed class MappingRefusedException(RecordError error) : Exception($"The writes of a batch were refused: {error.Code}")
{
    /// <summary>Why.</summary>
    public RecordError Error { get; } = error;
}
