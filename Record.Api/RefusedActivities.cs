using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Record.Core;
using Record.Core.Audit;

namespace Record.Api;

/// <summary>What a role or the scopes of a token do not allow is refused with a reason, and has its audit row before.</summary>
internal sealed class RefusedActivities(AuditLog audit) : IAuthorizationMiddlewareResultHandler
{
    private static readonly RecordError Refused = new(ErrorKind.Forbidden, "access.activity", "Your role, or the scopes of your token, do not allow this.");

    private readonly AuthorizationMiddlewareResultHandler others = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (!authorizeResult.Forbidden)
        {
            await others.HandleAsync(next, context, policy, authorizeResult);
            return;
        }

        var place = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? ""; // the route, never the address
        await audit.Write(new(RequestAccess.Of(context), HttpMethods.IsGet(context.Request.Method) ? 'R' : 'U', place, "", null, null, Refused.Code, []), context.RequestAborted);
        await (context.Request.Path.StartsWithSegments("/fhir") ? Fhir.FhirStatus.Send(context, Refused) : Refused.ToProblem().ExecuteAsync(context));
    }
}
