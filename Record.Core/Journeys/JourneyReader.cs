using Record.Core.Fhir;
using Record.Core.Identity;
using Record.Core.Organisations;
using Record.Core.Pathways;

namespace Record.Core.Journeys;

/// <summary>Reads a person's journey: through the links, one audit row.</summary>
public sealed class JourneyReader(ResourceStore store, LinkStore links, ClockStore clocks, CareSystem system, IReadOnlyList<PathwayRule> rules, TimeProvider clock)
{
    private static readonly string[] Types = ["Patient", "Encounter", "Task", "ServiceRequest"];

    /// <summary>The journey of a person; NotFound or Forbidden otherwise.</summary>
    public async Task<Result<Journey>> Of(Access access, Guid person, CancellationToken cancellation)
    {
        var patients = await links.PatientsOf(access, person, cancellation);
        var found = await store.Compartment(access, [.. patients.Select(link => link.Patient)], Types, "journey", cancellation);
        if (!found.TryGet(out var resources, out var error)) return error;
        if (patients.Count == 0) return FhirErrors.NotFound;
        return new JourneyBuilder(system, rules, clock.GetUtcNow()).Build(person, patients, resources, await clocks.Of(access, person, cancellation));
    }
}
