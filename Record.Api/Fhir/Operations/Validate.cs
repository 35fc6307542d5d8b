using System.Text.Json;
using Record.Core.Validation;

namespace Record.Api.Fhir;

/// <summary>$validate: what is wrong with a resource, without writing it. https://hl7.org/fhir/R4/resource-operation-validate.html</summary>
internal static class Validate
{
    private sealed record Asked(ReadOnlyMemory<byte> Resource, string? Mode, IReadOnlyList<string> Profiles);

    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!FhirBody.Parse(request.Body, request.Services.Limits).TryGet(out var document, out var error)) return error;
        using (document)
        {
            var asked = Read(document.RootElement, request);
            if (asked.Mode is not (null or "create" or "update" or "delete" or "profile")) return FhirRequestErrors.BadParameter("mode");
            if (asked.Resource.IsEmpty) return asked.Mode == "delete" ? await Deletable(request, cancellation) : FhirRequestErrors.NotAResource;
            var issues = ResourceValidator.Validate(asked.Resource, request.Services.Validation with { Profiles = asked.Profiles });
            return new Answer(StatusCodes.Status200OK) { Content = Outcome.Of([.. OfAddress(asked, request), .. issues]) };
        }
    }

    private static async Task<Answer> Deletable(FhirRequest request, CancellationToken cancellation)
    {
        if (request.Id.Length == 0) return FhirRequestErrors.BadParameter("mode");
        var found = await request.Services.Store.Read(request.Access, request.Type, request.Id, cancellation);
        return found.TryGet(out _, out var error) ? new Answer(StatusCodes.Status200OK) { Content = Outcome.Information("The resource may be deleted.") } : error;
    }

    // A bare resource, or Parameters with resource, mode and profile.
    private static Asked Read(JsonElement root, FhirRequest request)
    {
        var (mode, profiles) = (request.Parameter("mode"), request.Parameters.Where(p => p.Key == "profile").Select(p => p.Value).ToList());
        if (request.Type == "Parameters" || FhirBody.Text(root, "resourceType"u8) != "Parameters") return new(request.Body, mode, profiles);
        ReadOnlyMemory<byte> resource = default;
        if (root.TryGetProperty("parameter"u8, out var parameters) && parameters.ValueKind == JsonValueKind.Array)
            foreach (var parameter in parameters.EnumerateArray())
            {
                var name = FhirBody.Text(parameter, "name"u8);
                if (name == "resource" && parameter.TryGetProperty("resource"u8, out var inner)) resource = JsonSlices.Of(request.Body, inner);
                if (name == "mode") mode = FhirBody.Text(parameter, "valueCode"u8) ?? FhirBody.Text(parameter, "valueString"u8);
                if (name == "profile" && (FhirBody.Text(parameter, "valueUri"u8) ?? FhirBody.Text(parameter, "valueCanonical"u8)) is { } profile) profiles.Add(profile);
            }

        return new(resource, mode, profiles);
    }

    private static IEnumerable<ValidationIssue> OfAddress(Asked asked, FhirRequest request)
    {
        using var document = JsonDocument.Parse(asked.Resource, new JsonDocumentOptions { MaxDepth = 256 });
        var (type, id) = (FhirBody.Text(document.RootElement, "resourceType"u8), FhirBody.Text(document.RootElement, "id"u8));
        if (request.Type.Length > 0 && type is not null && type != request.Type) yield return new(IssueSeverity.Error, "invalid", "Resource", FhirRequestErrors.OtherType.Detail);
        if (request.Id.Length > 0 && asked.Mode != "create" && id is not null && id != request.Id) yield return new(IssueSeverity.Error, "invalid", $"{type}.id", FhirRequestErrors.OtherId.Detail);
    }
}
