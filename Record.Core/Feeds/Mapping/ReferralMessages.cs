using System.Text.Json.Nodes;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Mapping;

/// <summary>
/// Referrals (REF and RRI, I12 to I14): a ServiceRequest. Where the receiver is a configured team or trust it is the performer, and
/// the referrals consumer gives it its coordinating Task.
/// </summary>
internal static class ReferralMessages
{
    private static readonly FieldMap<Draft> Information = new("RF1")
    {
        { 1, "ServiceRequest.status: A, P active; R revoked (REF) or the receiver's answer as ServiceRequest.note (RRI); E revoked" },
        { 2, "ServiceRequest.priority: S stat, A asap, R routine, U urgent", (r, v) => r.Set("priority", v, (said, _) => said.Text switch { "S" => "stat", "A" => "asap", "U" => "urgent", "R" => "routine", _ => null }) },
        { 3, "ServiceRequest.code: what is asked for", (r, v) => r.Set("code", v, Datatypes.Concept) },
        { 5, "ServiceRequest.category", (r, v) => r.Set("category", v, (said, d) => Datatypes.Concept(said, d) is { } one ? new JsonArray(one) : null) },
        { 6, "ServiceRequest.identifier referral (decides the referral)", (r, v) => r.Put("identifier", Datatypes.Identifier(v, r.Source, "referral") is { } number ? new JsonArray(number) : null) },
        { 7, "ServiceRequest.authoredOn", (r, v) => r.Set("authoredOn", v, Datatypes.DateTime) },
        { 10, "ServiceRequest.reasonCode, before DG1", (r, v) => r.Set("reasonCode", v, Datatypes.Concepts) },
        { 11, "ServiceRequest.identifier referral-external", (r, v) => r.Append("identifier", Datatypes.Identifier(v, r.Source, "referral-external")) },
    };

    private static readonly FieldNote[] Others =
    [
        new("PRD", 1, "whose the segment is: RP the referring, RT the referred-to provider"),
        new("PRD", 2, "ServiceRequest.requester or performer display"),
        new("PRD", 7, "ServiceRequest.performer: the team or trust of this record with that code; else a performer without a reference"),
        new("PRD", 10, "ServiceRequest.performer display: the receiver's organisation"),
        new("DG1", 3, "ServiceRequest.reasonCode"),
        new("NTE", 3, "ServiceRequest.note"),
        new("PV1", 19, "ServiceRequest.encounter: the visit"),
        new("MSH", 6, "ServiceRequest.performer, where PRD-7 names nobody that is configured"),
    ];

    /// <summary>The family.</summary>
    public static Family Family { get; } = new("referral", "Referrals", Keys, Fold, [Information, Others]);

    private static string Number(V2Message message) => message.Segment("RF1") is var information && information.Field(6).HasValue ? information.Field(6).Component(1).Text : information.Field(11).Component(1).Text;

    private static IEnumerable<string> Keys(Reading reading) =>
        reading.Type is "REF" or "RRI" && Number(reading.Message) is { Length: > 0 and <= 200 } key ? [key] : [];

    private static Folded Fold(SourceSystem source, CareSystem system, string key, IReadOnlyList<Reading> readings)
    {
        var referral = new Draft("ServiceRequest", source);
        referral.Put("status", "active");
        referral.Put("intent", "order");
        var sent = false;
        foreach (var reading in readings)
        {
            var message = reading.Message;
            referral.ReceivedAt = reading.ReceivedAt;
            if (reading.Type == "RRI")
            {
                Answer(referral, message);
                continue;
            }

            sent = true;
            Information.Apply(referral, message.Segment("RF1"));
            referral.Put("status", reading.Trigger == "I14" || message.Segment("RF1").Field(1).Text is "R" or "E" ? "revoked" : "active");
            referral.Put("subject", referral.Reference("Patient", reading.Stored.PatientKey));
            if (Visits.Key(message) is { Length: > 0 } visit) referral.Put("encounter", referral.Reference("Encounter", visit));
            Providers(referral, message, system);
            foreach (var diagnosis in message.All("DG1").Take(20))
                if (Datatypes.Concept(diagnosis.Field(3), referral) is { } why) referral.Append("reasonCode", why);
            foreach (var note in message.Segments.TakeWhile(s => s.Name is not ("OBR" or "PV1" or "PR1")).Where(s => s.Name == "NTE"))
                if (Datatypes.Lines(note.Field(3)) is { } text) referral.Append("note", new JsonObject { ["text"] = text });
        }

        if (!sent) return Folded.Nothing; // an answer to a referral that has not come: it is folded when that does
        if (!referral.Json.ContainsKey("code")) referral.Put("code", new JsonObject { ["text"] = "Referral" });
        return new([("ServiceRequest", SourceIds.Of(source.Code, "Referral", key), referral.Json)], []);
    }

    private static void Answer(Draft referral, V2Message message)
    {
        var status = message.Segment("RF1").Field(1);
        var said = status.Text switch { "A" => "accepted", "R" => "rejected", "P" => "pending", "E" => "expired", var other => other };
        if (said.Length > 0) referral.Append("note", new JsonObject { ["text"] = $"The receiver's system answered: {said}" });
    }

    private static void Providers(Draft referral, V2Message message, CareSystem system)
    {
        JsonObject? performer = null;
        foreach (var provider in message.All("PRD"))
        {
            var name = string.Join(' ', ((int[])[5, 2, 1]).Select(place => Datatypes.Words(provider.Field(2).Component(place))).OfType<string>());
            if (provider.Field(1).Text == "RP" && name.Length > 0) referral.Put("requester", Referrer(provider, name, system));
            if (provider.Field(1).Text != "RT") continue;
            performer = Configured(provider.Field(7), system) ?? Configured(provider.Field(10), system);
            var display = Datatypes.Words(provider.Field(10)) ?? (name.Length > 0 ? name : null);
            if (performer is null && display is not null) performer = new JsonObject { ["display"] = display };
        }

        if (performer?["reference"] is null && Configured(message.Header.Field(6), system) is { } receiver) performer = receiver;
        if (performer is not null) referral.Put("performer", new JsonArray(performer));
    }

    private static JsonObject Referrer(V2Segment provider, string name, CareSystem system)
    {
        if (Configured(provider.Field(7), system) is { } team) return team;
        return new JsonObject { ["type"] = "Practitioner", ["display"] = name };
    }

    // Ids of the configuration and ODS codes both name an organisation.
    private static JsonObject? Configured(V2Value codes, CareSystem system)
    {
        for (var i = 1; i <= Math.Min(codes.Repetitions, 10); i++)
        {
            var code = codes.Repetition(i).Component(1).Text;
            if (code.Length > 0 && (system.Organisation(code) ?? system.Organisations.FirstOrDefault(o => o.OdsCode == code)) is { } organisation)
                return new JsonObject { ["reference"] = $"Organization/{organisation.Id}" };
        }

        return null;
    }
}
