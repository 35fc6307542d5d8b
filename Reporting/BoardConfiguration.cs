using Record.Core.Organisations;
using Reporting.Claims;
using Reporting.Figures;
using Reporting.Pathways;

namespace Reporting;

/// <summary>What the board pages rest on besides the record: read once at start; a fault in it stops the service, not the meeting.</summary>
internal sealed record BoardConfiguration(
    CareSystem Care, IReadOnlyList<PathwayDisplay> Pathways, ClaimRegister Claims, Suppression BelowSystem, int ActivityMonths)
{
    public static BoardConfiguration Read(string directory, ReportingOptions options)
    {
        if (!CareSystemReader.Read(directory).TryGet(out var care, out var error)
            | !PathwayCatalogue.Read(directory).TryGet(out var pathways, out var pathwayError)
            | !ClaimsReader.Read(directory).TryGet(out var claims, out var claimError))
            throw new InvalidOperationException(string.Join(" ", new[] { error, pathwayError, claimError }.OfType<Record.Core.RecordError>().Select(e => e.Detail)));
        return new BoardConfiguration(care!, pathways!, claims!, Suppression.Named[options.Disclosure], options.ActivityMonths);
    }

    public PathwayDisplay Pathway(string rule) => Pathways.FirstOrDefault(p => p.Rule == rule) ?? PathwayDisplay.Unknown(rule);

    public string OrganisationName(string id) => Care.Organisation(id)?.Name ?? id;
}
