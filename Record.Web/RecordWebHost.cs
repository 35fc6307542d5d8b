using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Record.Web.Design;
using Record.Web.Records;

namespace Record.Web;

/// <summary>The front end: pages only, no data of its own; what the user may see is decided by the APIs.</summary>
public sealed class RecordWebHost
{
    /// <summary>Puts the service together.</summary>
    public static WebApplication Build(string[] args, string? contentRoot = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = contentRoot, ApplicationName = typeof(RecordWebHost).Assembly.GetName().Name });
        builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);
        builder.AddServiceDefaults();
        builder.AddSignIn("record-web");
        builder.Services.AddRazorPages();
        builder.Services.AddHttpClient<RecordApi>(client => client.BaseAddress = new Uri("http://record-api")).AddHttpMessageHandler<UserToken>();
        builder.Services.AddHttpClient<FeedApi>(client => client.BaseAddress = new Uri("http://record-api")).AddHttpMessageHandler<UserToken>();
        builder.Services.AddHttpClient<IdentityApi>(client => client.BaseAddress = new Uri("http://record-api")).AddHttpMessageHandler<UserToken>();
        builder.Services.AddHttpClient<ReportingApi>(client => client.BaseAddress = new Uri("http://reporting")).AddHttpMessageHandler<UserToken>();
        var app = builder.Build();
        app.UseExceptionHandler("/error");
        app.UseStatusCodePagesWithReExecute("/error", "?status={0}");
        app.UseSecurityHeaders();
        app.UseStaticFiles();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapDefaultEndpoints();
        app.MapRazorPages();
        app.MapPost("/sign-out", () => TypedResults.SignOut(new() { RedirectUri = "/" }, [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]));
        return app;
    }
}
