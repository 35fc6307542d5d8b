using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Record.Core.Fhir;

namespace Record.Core.Audit.Reading;

/// <summary>A row of the audit as a FHIR AuditEvent by IHE's Basic Audit Log Patterns. https://profiles.ihe.net/ITI/BALP/</summary>
public static class AuditEventJson
{
    /// <summary>Identifies users.</summary>
    public const string Users = "https://fhir.mse-epr.nhs.uk/Id/user";

    private const string Balp = "https://profiles.ihe.net/ITI/BALP", Terminology = "http://terminology.hl7.org/CodeSystem", Ours = "https://fhir.mse-epr.nhs.uk/CodeSystem";
    private const string Interactions = "http://hl7.org/fhir/restful-interaction", Dicom = "http://dicom.nema.org/resources/ontology/DCM", Participation = Terminology + "/v3-ParticipationType";

    /// <summary>What was done, as FHIR calls it; what is not here is an operation.</summary>
    private static readonly HashSet<string> Known = ["read", "vread", "update", "patch", "delete", "history-instance", "history-type", "history-system", "create", "search-type", "search-system", "transaction", "batch"];

    /// <summary>The AuditEvent.</summary>
    public static JsonObject Of(AuditSeen seen)
    {
        var json = new JsonObject { ["resourceType"] = "AuditEvent", ["id"] = seen.Id };
        if (Profile(seen) is { } profile) json["meta"] = new JsonObject { ["profile"] = new JsonArray($"{Balp}/StructureDefinition/IHE.BasicAudit.{profile}") };
        json["type"] = Coding($"{Terminology}/audit-event-type", "rest", "Restful Operation");
        json["subtype"] = Known.Contains(seen.Interaction)
            ? new JsonArray(Coding(Interactions, seen.Interaction, seen.Interaction))
            : new JsonArray(Coding(Interactions, "operation", "operation"), Coding($"{Ours}/audit-interaction", Slug(seen.Interaction), seen.Interaction));
        json["action"] = seen.Action.ToString();
        json["recorded"] = seen.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        json["outcome"] = seen.Succeeded ? "0" : "4";
        if (!seen.Succeeded) json["outcomeDesc"] = seen.Outcome;
        if (Purposes(seen) is { Count: > 0 } purposes) json["purposeOfEvent"] = purposes;
        json["agent"] = Agents(seen);
        json["source"] = new JsonObject { ["observer"] = Server(), ["type"] = new JsonArray(Coding($"{Terminology}/security-source-type", "4", "Application Server")) };
        json["entity"] = Entities(seen);
        return json;
    }

    // The patterns are of what succeeded; a failure follows them and claims none.
    private static string? Profile(AuditSeen seen)
    {
        if (!seen.Succeeded) return null;
        var pattern = seen.Interaction switch
        {
            "read" or "vread" when IsResource(seen) => "Read",
            "create" when seen.Action == 'C' && IsResource(seen) => "Create",
            "update" when IsResource(seen) => "Update",
            "delete" when IsResource(seen) => "Delete",
            "search-type" or "search-system" => "Query",
            _ => null,
        };
        return pattern is null ? null : seen.Patient is null ? pattern : "Patient" + pattern;
    }

    private static bool IsResource(AuditSeen seen) => seen is { ResourceType: { } type, ResourceId: not null } && SearchParameters.IsResourceType(type);

    private static JsonArray Purposes(AuditSeen seen)
    {
        var purposes = new JsonArray();
        if (seen.Purpose.Length > 0) purposes.Add(Purpose(seen.Purpose));
        if (seen.BreakGlass is not null && seen.Purpose != "BTG") purposes.Add(Purpose("BTG"));
        return purposes;
    }

    private static JsonObject Purpose(string code) => Concept($"{Terminology}/v3-ActReason", code, code == "BTG" ? "break the glass" : null);

    private static JsonArray Agents(AuditSeen seen)
    {
        // The client is where a read goes to and where everything else comes from.
        var (from, to) = (Concept(Dicom, "110153", "Source Role ID"), Concept(Dicom, "110152", "Destination Role ID"));
        var (client, server) = seen.Action switch
        {
            'R' => (to, from),
            'D' => (Concept(Dicom, "110150", "Application"), Concept($"{Terminology}/provenance-participant-type", "custodian", "Custodian")),
            _ => (from, to),
        };
        var human = seen.Role != Roles.System;
        var agents = new JsonArray(
            Agent(client, Identified(null, seen.Client.Length > 0 ? seen.Client : seen.Actor), !human, Network(seen.Network)),
            Agent(server, Server(), false, new JsonObject { ["address"] = "record-api", ["type"] = "1" }));
        if (human) agents.Add(User(seen));
        if (seen.Organisation.Length > 0)
            agents.Add(Agent(Concept($"{Balp}/CodeSystem/UserAgentTypes", "UserOrganization", "User Organization"), Identified("https://fhir.nhs.uk/Id/ods-organization-code", seen.Organisation), false, null));
        return agents;
    }

    private static JsonObject User(AuditSeen seen)
    {
        var user = Agent(seen.Action is 'C' or 'U' or 'D' ? Concept(Participation, "AUT", "author") : Concept(Participation, "IRCP", "information recipient"), Identified(Users, seen.Actor), true, null);
        user["name"] = seen.Actor;
        if (seen.Role.Length > 0) user["role"] = new JsonArray(Concept($"{Ours}/role", seen.Role, null));
        if (Purposes(seen) is { Count: > 0 } purposes) user["purposeOfUse"] = purposes;
        return user;
    }

    private static JsonArray Entities(AuditSeen seen)
    {
        var entities = new JsonArray(Entity(Coding($"{Balp}/CodeSystem/BasicAuditEntityType", "XrequestId", null), null, Identified(null, seen.Request.ToString())));
        var (thing, query) = (Coding($"{Terminology}/audit-entity-type", "2", "System Object"), Coding($"{Terminology}/object-role", "24", "Query"));
        if (IsResource(seen)) entities.Add(Entity(thing.DeepClone(), Coding($"{Terminology}/object-role", "4", "Domain Resource"), new JsonObject { ["reference"] = $"{seen.ResourceType}/{seen.ResourceId}" }));
        else if (seen.ResourceId is { Length: > 0 } other) entities.Add(Entity(thing.DeepClone(), Coding($"{Terminology}/object-role", "4", "Domain Resource"), Identified(null, other)));
        if (seen.Query is { Length: > 0 } || seen.Interaction is "search-type" or "search-system")
        {
            var entity = Entity(thing, query, null);
            entity["query"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(seen.Interaction.StartsWith("search", StringComparison.Ordinal) ? $"{seen.ResourceType}?{seen.Query}" : seen.Query!));
            entities.Add(entity);
        }

        if (seen.Patient is not null)
            entities.Add(Entity(Coding($"{Terminology}/audit-entity-type", "1", "Person"), Coding($"{Terminology}/object-role", "1", "Patient"), new JsonObject { ["reference"] = $"Patient/{seen.Patient}" }));
        return entities;
    }

    private static JsonObject Agent(JsonObject type, JsonObject who, bool requestor, JsonObject? network)
    {
        var agent = new JsonObject { ["type"] = type, ["who"] = who, ["requestor"] = requestor };
        if (network is not null) agent["network"] = network;
        return agent;
    }

    private static JsonObject Entity(JsonNode type, JsonObject? role, JsonObject? what)
    {
        var entity = new JsonObject();
        if (what is not null) entity["what"] = what;
        entity["type"] = type;
        if (role is not null) entity["role"] = role;
        return entity;
    }

    // What runs beside the database has no address of its own.
    private static JsonObject Network(string? address) => new() { ["address"] = address ?? "localhost", ["type"] = IPAddress.TryParse(address, out _) ? "2" : "1" };

    private static JsonObject Server() => new() { ["identifier"] = new JsonObject { ["value"] = "record-api" }, ["display"] = "MSE shared record" };

    private static JsonObject Identified(string? system, string value)
    {
        var identifier = new JsonObject();
        if (system is not null) identifier["system"] = system;
        identifier["value"] = value;
        return new() { ["identifier"] = identifier };
    }

    private static JsonObject Concept(string system, string code, string? display) => new() { ["coding"] = new JsonArray(Coding(system, code, display)) };

    private static JsonObject Coding(string system, string code, string? display)
    {
        var coding = new JsonObject { ["system"] = system, ["code"] = code };
        if (display is not null) coding["display"] = display;
        return coding;
    }

    private static string Slug(string interaction) => string.Concat(interaction.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
}
