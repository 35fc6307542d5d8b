using System.Text;
using System.Text.Json;
using Record.Core.ChangeLog;
using Record.Core.Feeds.Mapping;
using Record.Core.Feeds.V2;
using Record.Core.Fhir;
using Record.Core.Identity;
using Record.Core.Organisations;

namespace Record.Core.Feeds;

/// <summary>What would become of a message.</summary>
/// <param name="ControlId">MSH-10.</param>
/// <param name="Message">Type and trigger.</param>
/// <param name="Source">Code of the source system; null if the sender is not configured.</param>
/// <param name="Acknowledgement">The answer, one segment a line; empty where the sender wants none.</param>
/// <param name="Refusal">Why it would be refused; null if it is taken.</param>
/// <param name="Faults">Why it would wait to be mended.</param>
/// <param name="Resources">The FHIR that this message alone becomes.</param>
/// <param name="Ignored">Fields that say something and become nothing, and why.</param>
/// <param name="Link">Which person the patient would be linked to, and how.</param>
public sealed record DryRunResult(
    string ControlId, string Message, string? Source, string Acknowledgement, string? Refusal, IReadOnlyList<string> Faults,
    IReadOnlyList<string> Resources, IReadOnlyList<IgnoredField> Ignored, string? Link);

/// <summary>A field that becomes nothing.</summary>
public sealed record IgnoredField(string Field, string Name, string Why);

/// <summary>Shows what would become of messages. Nothing is stored: the link is decided in a transaction that is always undone.</summary>
public sealed class DryRun(V2Door door, CareSystem system, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Tries one message.</summary>
    /// <param name="access">Who asks; a feed manager tries messages of the feeds that are theirs.</param>
    /// <param name="bytes">The message, without its frame.</param>
    /// <param name="store">The record in which the link is decided; null where there is none.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Result<DryRunResult>> Try(Access access, ReadOnlyMemory<byte> bytes, ResourceStore? store, CancellationToken cancellation)
    {
        var judgement = door.Judge(bytes, clock.GetUtcNow());
        var arrival = judgement.Arrival;
        var source = system.Source(arrival.Source);
        if (source is null ? !FeedAccess.MaySeeUnknown(access, system) && access.Role != Roles.FeedManager : !FeedAccess.MayManage(access, source, system)) return FeedErrors.Forbidden;
        var answer = Encoding.UTF8.GetString(V2Acknowledgement.Of(judgement, new(arrival.Refusal, false, false), clock.GetUtcNow()) ?? []).Replace('\r', '\n').TrimEnd();
        var kind = judgement.Message?.Header.Field(9).Component(1).Text ?? "";
        var said = new DryRunResult(arrival.ControlId, $"{kind}^{arrival.Trigger}", source?.Code, answer, arrival.Refusal, [], [], [], null);
        if (arrival.Refusal is not null || judgement.Message is not { } message || source is null) return said;
        var stored = new StoredMessage(0, source.Code, arrival.Trigger, arrival.EventTime!.Value, arrival.ReceivedAt, arrival.PatientKey!, arrival.VisitKey, arrival.MergedKey, arrival.Body.ToArray());
        var reading = new Reading(stored, message, source);
        var (resources, faults, fields) = Fold(reading);
        return said with
        {
            Faults = faults, Resources = [.. resources.Select(r => r.Json.ToJsonString(Readable))], Ignored = [.. Ignored(message, fields)],
            Link = store is null ? null : await Link(store, resources, cancellation),
        };
    }

    private (List<(string Type, string Id, System.Text.Json.Nodes.JsonObject Json)> Resources, List<string> Faults, List<FieldNote> Fields) Fold(Reading reading)
    {
        var (source, stored) = (reading.Source, reading.Stored);
        var resources = new List<(string Type, string Id, System.Text.Json.Nodes.JsonObject Json)>();
        var (faults, fields) = (new List<string>(), new List<FieldNote>([.. MappingTable.Header, .. SourcePatients.Fields.SelectMany(f => f)]));
        if (PatientFold.Of(source, stored.PatientKey, [stored], _ => reading) is { } patient) resources.Add(("Patient", SourceIds.Of(source.Code, "Patient", stored.PatientKey), patient));
        if (reading.Type == "ADT") fields.AddRange(Visits.Fields.SelectMany(f => f));
        if (stored.VisitKey is { } visit)
        {
            var (encounter, wrong) = VisitFold.Of(source, visit, [stored], _ => reading);
            faults.AddRange(wrong.Select(w => w.Reason));
            if (encounter is not null) resources.Add(("Encounter", SourceIds.Of(source.Code, "Encounter", visit), encounter));
        }

        var subjects = Subject.Of(reading).ToList();
        if (subjects.Count == 0 && Triggers.NumberOf(reading.Type) is { } missing) faults.Add(missing);
        foreach (var subject in subjects)
        {
            if (Families.All.FirstOrDefault(f => f.Kind == subject.Kind) is not { } family) continue;
            var folded = family.Fold(source, system, subject.Key, [reading]);
            faults.AddRange(folded.Faults.Select(f => f.Reason));
            resources.AddRange(folded.Resources);
            fields.AddRange(family.Fields.SelectMany(f => f));
        }

        foreach (var (type, id, json) in resources) json["id"] = id;
        return (resources, faults, fields);
    }

    private static IEnumerable<IgnoredField> Ignored(V2Message message, List<FieldNote> fields)
    {
        var taken = fields.Select(f => (f.Segment, f.Number)).ToHashSet();
        var seen = new HashSet<(string, int)>();
        foreach (var segment in message.Segments)
        {
            var names = FieldNames.All.GetValueOrDefault(segment.Name);
            if (names is null)
            {
                if (seen.Add((segment.Name, 0))) yield return new(segment.Name, "", "ignored: the segment is passed over");
                continue;
            }

            for (var i = 1; i <= names.Length; i++)
                if (segment.Field(i).HasValue && !taken.Contains((segment.Name, i)) && names[i - 1] != "Set id" && seen.Add((segment.Name, i)))
                    yield return new($"{segment.Name}-{i}", names[i - 1], FieldNames.Ignored(segment.Name, names[i - 1]));
        }
    }

    private async Task<string?> Link(ResourceStore store, List<(string Type, string Id, System.Text.Json.Nodes.JsonObject Json)> resources, CancellationToken cancellation)
    {
        if (resources.FirstOrDefault(r => r.Type == "Patient") is not { Json: { } patient } found) return null;
        await using var transaction = await store.Begin(Access.OfService("dry-run"), "dry-run", cancellation); // never committed
        var before = (await LinkStore.Current(transaction, [found.Id], cancellation)).GetValueOrDefault(found.Id);
        transaction.Put("Patient", found.Id, patient);
        var flushed = await transaction.Flush(cancellation);
        if (!flushed.TryGet(out var written, out var error)) return error.Detail;
        var change = new Change(0, "Patient", found.Id, written[0].Resource.Version, found.Id, null, "dry-run", clock.GetUtcNow());
        await new LinkPatients(clock).Handle([change], transaction, cancellation);
        if ((await LinkStore.Current(transaction, [found.Id], cancellation)).GetValueOrDefault(found.Id) is not { } link) return "It would not be linked.";
        var others = (await LinkStore.PatientsIn(transaction, link.Person, cancellation)).Count - 1;
        var whom = others == 0 ? "It would be a person of its own" : $"It would be linked to a person with {others} other record{(others == 1 ? "" : "s")}";
        return $"{whom} (method {link.Method}){(before is null ? "" : before.Person == link.Person ? ", as it is now" : ", and leave the person it is linked to now")}.";
    }
}
