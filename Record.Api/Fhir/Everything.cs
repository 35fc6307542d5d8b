using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>
/// Patient/$everything: the whole record of the person whom a source patient is, across all settings.
/// https://hl7.org/fhir/R4/patient-operation-everything.html
/// </summary>
internal static class Everything
{
    public static async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        var (access, store, id) = (request.Access, request.Services.Store, request.Id);
        if (request.Parameters.FirstOrDefault(parameter => parameter.Key is not ("_type" or "_format" or "_pretty")) is { Key: { } other }) return FhirErrors.UnknownParameter("Patient/$everything", other);
        var types = request.Parameters.Where(parameter => parameter.Key == "_type").SelectMany(parameter => parameter.Value.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var asked = await store.Read(access, "Patient", id, cancellation);
        if (!asked.TryGet(out _, out var error)) return error;
        var linked = await request.Services.Links.PersonsOf(access, [id], cancellation);
        Guid? person = linked.Count > 0 ? linked[0].Person : null;
        var patients = person is null ? [id] : (await request.Services.Links.PatientsOf(access, person.Value, cancellation)).Select(link => link.Patient).ToList();
        var found = await store.Compartment(access, patients, types.Count > 0 ? types : null, "everything", cancellation);
        if (!found.TryGet(out var resources, out error)) return error;
        var entries = resources.Select(resource => new BundleEntry { Resource = resource, SearchMode = "match" }).ToList();
        if (person is not null && (types.Count == 0 || types.Contains("Person")) && (await store.Read(access, "Person", person.Value.ToString(), cancellation)).TryGet(out var own, out _))
            entries.Insert(0, new BundleEntry { Resource = own, SearchMode = "match" });
        return new Answer(StatusCodes.Status200OK)
        {
            Bundle = new FhirBundle("searchset", entries) { Total = entries.Count, Links = [("self", $"{request.Base}/Patient/{id}/$everything{request.Query}")] },
        };
    }
}
