using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Record.Api.Fhir;
using Record.Core;
using Record.Core.Identity;

namespace Record.Api.Identity;

/// <summary>Patient/$match: who somebody is, by the rules that link, each answer with its grade. https://hl7.org/fhir/R4/patient-operation-match.html</summary>
internal static class Match
{
    private const string Grade = "http://hl7.org/fhir/StructureDefinition/match-grade";
    private const int Usual = 20;
    private const int Most = 100;

    private sealed record Asked(JsonObject Patient, bool OnlyCertain, int Count);

    public static void MapPatientMatch(this WebApplication app)
    {
        var match = app.Services.GetRequiredService<PatientMatch>();
        app.MapPost("/fhir/Patient/$match", new FhirRoute(app.Services.GetRequiredService<FhirServices>())
            .AsksWithBody((request, cancellation) => Handle(match, request, cancellation), ScopeActions.All)).WithTags("FHIR");
    }

    private static async Task<Answer> Handle(PatientMatch match, FhirRequest request, CancellationToken cancellation)
    {
        if (!FhirBody.Parse(request.Body, request.Services.Limits).TryGet(out var document, out var error)) return error;
        using (document)
            if (!Read(document.RootElement).TryGet(out var asked, out error)) return error;
            else if (!(await match.Find(request.Access, asked.Patient, asked.OnlyCertain, asked.Count, cancellation)).TryGet(out var answer, out error)) return error;
            else return new(StatusCodes.Status200OK) { Content = Bundle(answer, request) };
    }

    // Parameters, or a bare Patient as many clients send it.
    private static Result<Asked> Read(JsonElement root)
    {
        if (FhirBody.Text(root, "resourceType"u8) == "Patient") return new Asked(Node(root), false, Usual);
        var (patient, onlyCertain, count) = ((JsonObject?)null, false, Usual);
        if (FhirBody.Text(root, "resourceType"u8) != "Parameters" || !root.TryGetProperty("parameter"u8, out var parameters) || parameters.ValueKind != JsonValueKind.Array) return IdentityErrors.NoPatient;
        foreach (var parameter in parameters.EnumerateArray())
            switch (FhirBody.Text(parameter, "name"u8))
            {
                case "resource" when parameter.TryGetProperty("resource"u8, out var resource) && FhirBody.Text(resource, "resourceType"u8) == "Patient":
                    patient = Node(resource);
                    break;
                case "onlyCertainMatches" when parameter.TryGetProperty("valueBoolean"u8, out var only) && only.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    onlyCertain = only.GetBoolean();
                    break;
                case "count":
                    if (!parameter.TryGetProperty("valueInteger"u8, out var most) || most.ValueKind != JsonValueKind.Number || !most.TryGetInt32(out count) || count is < 1 or > Most) return IdentityErrors.BadCount;
                    break;
            }

        return patient is null ? IdentityErrors.NoPatient : new Asked(patient, onlyCertain, count);
    }

    private static JsonObject Node(JsonElement element) => JsonObject.Create(element.Clone())!;

    private static ReadOnlyMemory<byte> Bundle(MatchAnswer answer, FhirRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Bundle");
            json.WriteString("type", "searchset");
            json.WriteNumber("total", answer.Matches.Count);
            if (answer.Matches.Count > 0 || answer.Crowded > 0)
            {
                json.WriteStartArray("entry");
                foreach (var found in answer.Matches) Entry(json, found, request);
                if (answer.Crowded > 0) Said(json, answer.Crowded);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void Entry(Utf8JsonWriter json, PatientFound found, FhirRequest request)
    {
        json.WriteStartObject();
        json.WriteString("fullUrl", $"{request.Base}/{found.Resource.Reference}");
        json.WritePropertyName("resource");
        json.WriteRawValue(found.Resource.Body.Span, skipInputValidation: true);
        json.WriteStartObject("search");
        json.WriteStartArray("extension");
        json.WriteStartObject();
        json.WriteString("url", Grade);
        json.WriteString("valueCode", found.Grade switch { MatchGrade.Certain => "certain", MatchGrade.Probable => "probable", _ => "possible" });
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("mode", "match");
        json.WriteNumber("score", Math.Round(found.Chance, 4));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // A cap that is hit is said.
    private static void Said(Utf8JsonWriter json, int crowded)
    {
        json.WriteStartObject();
        json.WriteStartObject("resource");
        json.WriteString("resourceType", "OperationOutcome");
        json.WriteStartArray("issue");
        json.WriteStartObject();
        json.WriteString("severity", "information");
        json.WriteString("code", "too-costly");
        json.WriteString("diagnostics", $"{crowded} groups of records that share something with this Patient were too large to be compared one by one. More detail finds more.");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("search");
        json.WriteString("mode", "outcome");
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
