using Record.Core;
using Record.Core.Audit;

namespace Record.Api;

/// <summary>The <see cref="Access"/> of a request, from its validated token and its purpose of use (CONTRACT).</summary>
internal static class RequestAccess
{
    private const string Header = "X-Purpose-Of-Use";

    public static IServiceCollection AddRequestAccess(this IServiceCollection services) => services
        .AddHttpContextAccessor()
        .AddScoped(provider => Of(provider.GetRequiredService<IHttpContextAccessor>().HttpContext!));

    /// <summary>The access of one request; the same one each time it is asked for.</summary>
    public static Access Of(HttpContext http)
    {
        if (http.Features.Get<Access>() is { } known) return known;
        var access = Access.Of(http.User, http.Request.Headers[Header].FirstOrDefault(), RequestOrigin.Id(http)) with { From = RequestOrigin.Address(http) };
        http.Features.Set(access);
        return access;
    }

    /// <summary>Refuses a purpose that the token does not allow.</summary>
    public static void UsePurposeOfUse(this WebApplication app) => app.Use(async (context, next) =>
    {
        var purpose = context.Request.Headers[Header].FirstOrDefault();
        if (purpose is null)
        {
            await next(context);
            return;
        }

        var allowed = context.User.FindAll("purpose").Select(claim => claim.Value).ToList();
        if (context.User.Identity?.IsAuthenticated != true || purpose == "TREAT" && allowed.Count == 0 || allowed.Contains(purpose))
        {
            await next(context);
            return;
        }

        var error = new RecordError(ErrorKind.Forbidden, "access.purpose", "Your sign-in does not allow this purpose of use.");
        await (context.Request.Path.StartsWithSegments("/fhir") ? Fhir.FhirStatus.Send(context, error) : error.ToProblem().ExecuteAsync(context));
    });
}
