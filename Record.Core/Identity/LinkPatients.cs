using System.Text.Json.Nodes;
using Record.Core.ChangeLog;
using Record.Core.Fhir;

namespace Record.Core.Identity;

/// <summary>
/// The identity consumer: links each source patient to a person, keeps the FHIR Person in step, and hands every change about
/// a patient on to the person stream. The only consumer that reads by source patient (DESIGN.md section 3).
/// </summary>
public sealed class LinkPatients(TimeProvider clock)
{
    /// <summary>Name of the consumer and cause of its writes.</summary>
    public const string Name = "identity";

    /// <summary>Handles a batch of changes of one partition.</summary>
    public async Task Handle(IReadOnlyList<Change> changes, RecordTransaction transaction, CancellationToken cancellation)
    {
        var patients = changes.Where(c => c.Patient is not null).Select(c => c.Patient!).Distinct().ToList();
        if (patients.Count == 0) return;
        var links = await LinkStore.Current(transaction, patients, cancellation);
        var moved = new HashSet<Guid>();
        foreach (var patient in patients)
            if (!links.ContainsKey(patient) || changes.Any(c => c.Type == "Patient" && c.Id == patient))
                await Relink(transaction, patient, links, moved, cancellation);

        await LinkStore.AppendToPersons(transaction, changes.Where(c => c.Patient is not null)
            .Select(c => (c.Type, c.Id, c.Version, c.Patient!, links[c.Patient!].Person, c.Cause, c.At)), cancellation);
        foreach (var person in moved) await PutPerson(transaction, person, cancellation);
    }

    private async Task Relink(RecordTransaction transaction, string patient, Dictionary<string, PatientLink> links, HashSet<Guid> moved, CancellationToken cancellation)
    {
        var resource = await transaction.Find("Patient", patient, cancellation);
        var key = resource is null or { Deleted: true } ? null : MatchKey.Of(resource.Json());
        var match = key is null ? null : await LinkStore.FindMatch(transaction, patient, key, cancellation);
        await LinkStore.SetMatchKey(transaction, patient, key, cancellation);
        links.TryGetValue(patient, out var old);
        // Without a match a patient is alone: it stays the person it was, or leaves one that it no longer agrees with.
        var alone = old is not null && (await LinkStore.PatientsIn(transaction, old.Person, cancellation)).Count == 1;
        var person = match ?? (alone ? old!.Person : Guid.CreateVersion7());
        if (old?.Person == person) return;

        var now = clock.GetUtcNow();
        var link = new PatientLink(patient, person, match is null ? "own" : "nhs-number", Name, now);
        var before = await LinkStore.Link(transaction, link, cancellation);
        links[patient] = link;
        moved.Add(person);
        if (before is not { } left) return;
        moved.Add(left);
        // Both persons' clocks and tasks have to be worked out again.
        await LinkStore.AppendToPersons(transaction, [("Link", patient, 0, patient, left, Name, now), ("Link", patient, 0, patient, person, Name, now)], cancellation);
    }

    private static async Task PutPerson(RecordTransaction transaction, Guid person, CancellationToken cancellation)
    {
        var targets = new JsonArray();
        foreach (var link in await LinkStore.PatientsIn(transaction, person, cancellation))
            targets.Add(new JsonObject
            {
                ["target"] = new JsonObject { ["reference"] = $"Patient/{link.Patient}" },
                ["assurance"] = link.Method == "nhs-number" ? "level3" : "level2",
            });
        var json = new JsonObject { ["resourceType"] = "Person", ["active"] = targets.Count > 0 };
        if (targets.Count > 0) json["link"] = targets;
        transaction.Put("Person", person.ToString(), json);
    }
}
