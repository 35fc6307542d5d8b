using Record.Core.Organisations;

namespace Record.Api.Teams;

/// <summary>The teams that work can be sent to.</summary>
internal static class TeamEndpoints
{
    public static void MapTeams(this IEndpointRouteBuilder routes) => routes.MapGet("/teams", (CareSystem system) => TypedResults.Json(system.Organisations
        .Where(organisation => organisation.Kind == "team")
        .Select(team => new { team.Id, team.Name, team.Sector, team.Phone, Organisation = system.Organisation(team.PartOf ?? "")?.Name, OrganisationId = team.PartOf })))
        .WithTags("Teams").WithSummary("The teams that work can be sent to");
}
