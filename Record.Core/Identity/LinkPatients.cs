using System.Text.Json.Nodes;
using Record.Core.ChangeLog;
using Record.Core.Fhir;
using Record.Core.Identity.Bulk;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity;

/// <summary>
/// The identity consumer: links each source patient to a person, keeps the FHIR Person in step, and hands every change about
/// a patient on to the person stream. The only consumer that reads by source patient (DESIGN.md section 3).
/// </summary>
public sealed class LinkPatients(TimeProvider clock, LinkageOptions? options = null)
{
    /// <summary>Name of the consumer and cause of its writes.</summary>
    public const string Name = "identity";

    private readonly CurrentRules rules = new(options ?? new());

    /// <summary>Handles a batch of changes of one partition.</summary>
    public async Task Handle(IReadOnlyList<Change> changes, RecordTransaction transaction, CancellationToken cancellation)
    {
        var patients = changes.Where(c => c.Patient is not null).Select(c => c.Patient!).Distinct().ToList();
        if (patients.Count == 0) return;
        if (await LinkRunStore.IsOpen(transaction, cancellation)) throw new ConsumerRefusedException(Name, IdentityErrors.AllAreBeingLinked);
        var links = await LinkStore.Current(transaction, patients, cancellation);
        var said = changes.Where(c => c.Type == "Patient").Select(c => c.Id).ToHashSet();
        var unsettled = patients.Where(patient => said.Contains(patient) || !links.ContainsKey(patient)).ToArray();
        IReadOnlySet<Guid> moved = new HashSet<Guid>();
        if (unsettled.Length > 0)
        {
            var resources = (await ResourceStore.CompartmentIn(transaction, unsettled, ["Patient"], cancellation)).ToDictionary(resource => resource.Id);
            var linking = new Linking(transaction, await rules.In(transaction, cancellation), clock.GetUtcNow());
            foreach (var patient in unsettled) await linking.Take(patient, resources.GetValueOrDefault(patient), cancellation);
            links = await LinkStore.Current(transaction, patients, cancellation);
            moved = linking.Moved;
        }

        await LinkStore.AppendToPersons(transaction, changes.Where(c => c.Patient is not null)
            .Select(c => (c.Type, c.Id, c.Version, c.Patient!, links[c.Patient!].Person, c.Cause, c.At)), cancellation);
        await PutPersons(transaction, [.. moved], cancellation);
    }

    /// <summary>Writes persons as FHIR has them: the source patients that each is now.</summary>
    internal static async Task PutPersons(RecordTransaction transaction, IReadOnlyCollection<Guid> persons, CancellationToken cancellation)
    {
        if (persons.Count == 0) return;
        var links = (await LinkStore.PatientsIn(transaction, persons, cancellation)).ToLookup(link => link.Person);
        foreach (var person in persons)
        {
            var targets = new JsonArray();
            foreach (var link in links[person])
                targets.Add(new JsonObject
                {
                    ["target"] = new JsonObject { ["reference"] = $"Patient/{link.Patient}" },
                    ["assurance"] = link.Method switch { "steward" => "level4", "nhs-number" => "level3", "held" => "level1", _ => "level2" },
                });
            var json = new JsonObject { ["resourceType"] = "Person", ["active"] = targets.Count > 0 };
            if (targets.Count > 0) json["link"] = targets;
            transaction.Put("Person", person.ToString(), json);
        }
    }
}
