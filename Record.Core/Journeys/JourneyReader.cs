using Record.Core.Fhir;
using Record.Core.Identity;
using Record.Core.Organisations;
using Record.Core.Pathways;

namespace Record.Core.Journeys;

/// <summary>Reads a person's journey: through the links, one audit row.</summary>
public sealed class JourneyReader(ResourceStore store, AccessStore access, LinkStore links, ClockStore clocks, CareSystem system, IReadOnlyList<PathwayRule> rules, TimeProvider clock)
{
    private static readonly string[] Types = ["Patient", "Encounter", "Task", "ServiceRequest"];

    /// <summary>The journey of a person; NotFound or Forbidden otherwise.</summary>
    public async Task<Result<Journey>> Of(Access by, Guid person, CancellationToken cancellation)
    {
        var patients = await links.PatientsOf(by, person, cancellation);
        var standing = await access.StandingTo(by, [.. patients.Select(link => link.Patient)], cancellation);
        var found = await store.Compartment(by, [.. patients.Select(link => link.Patient)], Types, standing.MayOpen || patients.Count == 0 ? "journey" : "journey-refused", cancellation);
        if (!found.TryGet(out var resources, out var error)) return error;
        if (patients.Count == 0) return FhirErrors.NotFound;
        if (!standing.MayOpen) return AccessErrors.NoRelationship;
        var journey = new JourneyBuilder(system, rules, clock.GetUtcNow()).Build(person, patients, resources, await clocks.Of(by, person, cancellation));
        return Shown(journey, standing);
    }

    private static Journey Shown(Journey journey, Standing standing) => standing.Restricted
        ? journey with { Address = Elsewhere, Phone = Elsewhere, GpPractice = Elsewhere, Withheld = standing.Withheld, ByBreakGlass = standing.ByBreakGlass }
        : journey with { Withheld = standing.Withheld, ByBreakGlass = standing.ByBreakGlass };

    private const string Elsewhere = "withheld";
}
