using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Record.Web.Records;

namespace Record.Web;

/// <summary>The front end: pages only, no data of its own; what the user may see is decided by the APIs.</summary>
public sealed class RecordWebHost
{
    /// <summary>Puts the service together.</summary>
    public static WebApplication Build(string[] args, string? contentRoot = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = contentRoot, ApplicationName = typeof(RecordWebHost).Assembly.GetName().Name });
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 2 * 1024 * 1024; // the largest form: a message to try, 1 MB
        });
        builder.AddServiceDefaults();
        builder.AddSignIn("record-web");
        builder.AddClientLimits();
        builder.Services.AddRazorPages();
        builder.Services.AddHttpClient<RecordApi>(client => client.BaseAddress = new Uri("http://record-api")).AddHttpMessageHandler<UserToken>();
        builder.Services.AddHttpClient<FeedApi>(client => client.BaseAddress = new Uri("http://record-api")).AddHttpMessageHandler<UserToken>();
        builder.Services.AddHttpClient<IdentityApi>(client => client.BaseAddress = new Uri("http://record-api")).AddHttpMessageHandler<UserToken>();
        builder.Services.AddHttpClient<LaunchApi>(client => client.BaseAddress = new Uri(builder.Configuration["Identity:Issuer"]!)).AddHttpMessageHandler<UserToken>();
        builder.Services.AddHttpClient<AuditApi>(client => client.BaseAddress = new Uri("http://record-api")).AddHttpMessageHandler<UserToken>();
        builder.Services.AddHttpClient<ReportingApi>(client => client.BaseAddress = new Uri("http://reporting")).AddHttpMessageHandler<UserToken>();
        var app = builder.Build();
        app.UseExceptionHandler("/error");
        app.UseStatusCodePagesWithReExecute("/error", "?status={0}");
        // Nothing from elsewhere, nothing inline; forms lead to our own pages, to sign-in and to the apps that people start from here.
        var forms = SecurityHeaders.FormAction([builder.Configuration["Identity:Issuer"], .. LaunchableApp.All(builder.Configuration).Select(app => app.Url)]);
        app.UseSecurityHeaders($"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action {forms}");
        app.Use((context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/lib") && !context.Request.Path.StartsWithSegments("/site.css")) context.Response.Headers.CacheControl = "no-store";
            return next(context);
        });
        app.UseStaticFiles();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.MapDefaultEndpoints();
        app.MapRazorPages();
        app.MapPost("/sign-out", SignOut);
        return app;
    }

    private static async Task<IResult> SignOut(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return TypedResults.BadRequest();
        return TypedResults.SignOut(new() { RedirectUri = "/" }, [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]);
    }
}
