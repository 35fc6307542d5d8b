using System.Security.Claims;
using OpenIddict.Validation.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Identity.Tokens;

/// <summary>Where the front end keeps the patient whom its user has chosen for an app. https://hl7.org/fhir/smart-app-launch/app-launch.html</summary>
internal static class LaunchEndpoints
{
    private const string Policy = "front-end";

    private sealed record Chosen(string? Patient);

    public static void AddLaunches(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<LaunchContexts>();
        builder.Services.AddOpenIddict().AddValidation(validation =>
        {
            validation.UseLocalServer();
            validation.UseAspNetCore();
        });
        builder.Services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy
            .AddAuthenticationSchemes(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme).RequireAuthenticatedUser()
            .RequireAssertion(context => context.User.FindAll(Claims.Private.Scope).Any(scope => scope.Value == GrantedScopes.Record)));
    }

    public static void MapLaunches(this WebApplication app) => app.MapPost("/launches", async (Chosen chosen, ClaimsPrincipal user, LaunchContexts launches, CancellationToken cancellation) =>
        chosen.Patient is { Length: > 0 and <= 64 } patient
            ? (IResult)TypedResults.Json(new { launch = await launches.Keep(user.FindFirstValue(Claims.Subject)!, patient, cancellation) })
            : TypedResults.Problem("Name the patient.", statusCode: StatusCodes.Status400BadRequest)).RequireAuthorization(Policy).DisableAntiforgery();
}
