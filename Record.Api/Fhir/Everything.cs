using Record.Core;
using Record.Core.Fhir;
using Record.Core.Identity;

namespace Record.Api.Fhir;

/// <summary>
/// Patient/$everything: the whole record of the person whom a source patient is, across all settings.
/// https://hl7.org/fhir/R4/patient-operation-everything.html
/// </summary>
internal static class Everything
{
    public static async Task<IResult> Handle(string id, HttpRequest request, Access access, ResourceStore store, LinkStore links, CancellationToken cancellation)
    {
        if (request.Query.Keys.FirstOrDefault(key => key is not ("_type" or "_format")) is { } other) return FhirErrors.UnknownParameter("Patient/$everything", other).ToOutcome();
        var types = request.Query["_type"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var asked = await store.Read(access, "Patient", id, cancellation);
        if (!asked.TryGet(out _, out var error)) return error.ToOutcome();
        var linked = await links.PersonsOf(access, [id], cancellation);
        Guid? person = linked.Count > 0 ? linked[0].Person : null;
        var patients = person is null ? [id] : (await links.PatientsOf(access, person.Value, cancellation)).Select(link => link.Patient).ToList();
        var found = await store.Compartment(access, patients, types.Count > 0 ? types : null, "everything", cancellation);
        if (!found.TryGet(out var resources, out error)) return error.ToOutcome();
        var entries = resources.Select(resource => new BundleEntry(resource) { SearchMode = "match" }).ToList();
        if (person is not null && (types.Count == 0 || types.Contains("Person")) && (await store.Read(access, "Person", person.Value.ToString(), cancellation)).TryGet(out var own, out _))
            entries.Insert(0, new BundleEntry(own) { SearchMode = "match" });
        return new BundleResult("searchset", entries, entries.Count, $"{FhirBase.Of(request)}/Patient/{id}/$everything{request.QueryString}");
    }
}
