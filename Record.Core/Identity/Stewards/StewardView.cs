using System.Text.Json.Nodes;
using Record.Core.Audit;
using Record.Core.Fhir;
using Record.Core.Identity.Matching;
using Record.Core.Journeys;
using Record.Core.Organisations;

namespace Record.Core.Identity.Stewards;

/// <summary>What stewards see: the queue, and one question side by side. Each view has its audit row first.</summary>
public sealed class StewardView(ResourceStore store, AuditLog audit, CurrentRules rules, CareSystem system)
{
    private const int Most = 50;

    /// <summary>What is open for a steward.</summary>
    public async Task<Result<OpenQuestions>> Open(Access access, CancellationToken cancellation)
    {
        if (!access.MaySteward()) return await Refuse(access, "identity-queue", null, IdentityErrors.Forbidden, cancellation);
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation); // reads only
        var reviews = await StewardStore.Open(transaction, access.StewardOf(), Most + 1, cancellation);
        var overlays = await StewardStore.Overlays(transaction, access.StewardOf(), Most, cancellation);
        var seen = await See(transaction, [.. reviews.SelectMany(review => new[] { review.First, review.Second }), .. overlays.Select(overlay => overlay.Patient)], cancellation);
        var counts = await StewardStore.Counts(transaction, access.StewardOf(), cancellation);
        var lines = overlays.Where(overlay => seen.ContainsKey(overlay.Patient)).Select(overlay => new QueueLine(overlay.Id, "overlay", null, "overlay", overlay.RaisedAt, seen[overlay.Patient], null))
            .Concat(reviews.Take(Most).Where(review => seen.ContainsKey(review.First) && seen.ContainsKey(review.Second))
                .Select(review => new QueueLine(review.Id, "pair", review.Weight, review.Reason, review.RaisedAt, seen[review.First], seen[review.Second]))).ToList();
        await audit.Write(new(access, 'R', "identity-queue", "Patient", null, null, "success", [.. seen.Keys]), cancellation);
        return new OpenQuestions(lines, reviews.Count > Most, counts.Elsewhere, counts.Crowded, (await rules.In(transaction, cancellation)).Weights.Version,
            await StewardStore.LatestDecisions(transaction, access.StewardOf(), cancellation));
    }

    /// <summary>One question side by side.</summary>
    public async Task<Result<Pair>> Pair(Access access, Guid id, CancellationToken cancellation)
    {
        if (!access.MaySteward()) return await Refuse(access, "identity-review", id, IdentityErrors.Forbidden, cancellation);
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation); // reads only
        if (await StewardStore.Find(transaction, access.StewardOf(), id, cancellation) is not { } review) return await Refuse(access, "identity-review", id, IdentityErrors.NotFound, cancellation);
        var resources = (await ResourceStore.CompartmentIn(transaction, [review.First, review.Second], ["Patient"], cancellation)).ToDictionary(resource => resource.Id);
        if (resources.Count < 2) return await Refuse(access, "identity-review", id, IdentityErrors.NotFound, cancellation);
        var seen = await See(transaction, [review.First, review.Second], cancellation);
        var current = await rules.In(transaction, cancellation);
        var fields = Fields(current, MatchFeatures.Of(resources[review.First].Json(), review.First), MatchFeatures.Of(resources[review.Second].Json(), review.Second));
        var decisions = await StewardStore.DecisionsOn(transaction, id, cancellation);
        await audit.Write(new(access, 'R', "identity-review", "Patient", id.ToString(), null, "success", [review.First, review.Second]), cancellation);
        return new Pair(review, seen[review.First], seen[review.Second], fields, Math.Log2(current.Weights.Prior / (1 - current.Weights.Prior)), decisions);
    }

    /// <summary>A record that may be two people, before and after.</summary>
    public async Task<Result<OverlaySeen>> Overlay(Access access, Guid id, CancellationToken cancellation)
    {
        if (!access.MaySteward()) return await Refuse(access, "identity-overlay", id, IdentityErrors.Forbidden, cancellation);
        await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation); // reads only
        if (await StewardStore.Overlay(transaction, access.StewardOf(), id, cancellation) is not { } found) return await Refuse(access, "identity-overlay", id, IdentityErrors.NotFound, cancellation);
        // Versions are read by the store itself: the steward's right to see them stands above.
        var reader = Access.OfService("identity");
        var before = await store.ReadVersion(reader, "Patient", found.Patient, found.VersionBefore, cancellation);
        var after = await store.ReadVersion(reader, "Patient", found.Patient, found.VersionAfter, cancellation);
        if (!before.TryGet(out var was, out _) || !after.TryGet(out var now, out _)) return await Refuse(access, "identity-overlay", id, IdentityErrors.NotFound, cancellation);
        var fields = Fields(await rules.In(transaction, cancellation), MatchFeatures.Of(was.Json(), found.Patient), MatchFeatures.Of(now.Json(), found.Patient));
        var decisions = await StewardStore.DecisionsOn(transaction, id, cancellation);
        await audit.Write(new(access, 'R', "identity-overlay", "Patient", found.Patient, null, "success", [found.Patient]), cancellation);
        return new OverlaySeen(found, Seen(found.Patient, was.Json(), null, 0), Seen(found.Patient, now.Json(), null, 0), fields, decisions);
    }

    private static List<FieldSeen> Fields(LinkageRules rules, MatchSubject a, MatchSubject b)
    {
        var comparison = SubjectComparison.Compare(a, b);
        return [.. Enum.GetValues<MatchField>().Where(field => comparison[field] != MatchLevel.Missing)
            .Select(field => new FieldSeen(field.ToString(), comparison[field].ToString(), Math.Round(rules.Weights.Weight(field, comparison[field], a, b), 1)))];
    }

    private async Task<Dictionary<string, PatientSeen>> See(RecordTransaction transaction, string[] patients, CancellationToken cancellation)
    {
        var resources = await ResourceStore.CompartmentIn(transaction, [.. patients.Distinct()], ["Patient"], cancellation);
        var links = await LinkStore.Current(transaction, [.. patients.Distinct()], cancellation);
        var seen = new Dictionary<string, PatientSeen>();
        foreach (var resource in resources)
        {
            var person = links.GetValueOrDefault(resource.Id)?.Person;
            var records = person is { } of ? (await LinkStore.PatientsIn(transaction, of, cancellation)).Count : 0;
            seen[resource.Id] = Seen(resource.Id, resource.Json(), person, records);
        }

        return seen;
    }

    private PatientSeen Seen(string id, JsonObject patient, Guid? person, int records)
    {
        var source = system.Source(Demographics.Source(patient) ?? "");
        var organisation = MatchFeatures.Organisation(patient) ?? source?.Organisation;
        var (number, status) = Demographics.NhsNumber(patient);
        var restricted = MatchFeatures.IsRestricted(patient); // where they live is shown to nobody here
        return new(id, source?.Name ?? "Not from a source system", organisation is null ? "Not known" : system.Organisation(organisation)?.Name ?? organisation,
            source is null ? null : Demographics.LocalId(patient, source.IdentifierSystem), Demographics.Name(patient), patient["birthDate"]?.GetValue<string>(), patient["gender"]?.GetValue<string>(),
            number, status, restricted ? null : Demographics.Address(patient), restricted ? null : Demographics.Phone(patient), restricted, Demographics.IsSimulated(patient), person, records);
    }

    private async Task<RecordError> Refuse(Access access, string interaction, Guid? id, RecordError error, CancellationToken cancellation)
    {
        await audit.Write(new(access, 'R', interaction, "Patient", id?.ToString(), null, error.Code, []), cancellation);
        return error;
    }
}
