using System.Net;
using System.Security.Claims;
using Identity.Accounts;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Identity.Pages;

/// <summary>The sign-in page: one form, errors under the field they are about.</summary>
internal static class SignInPage
{
    public static void MapSignIn(this WebApplication app)
    {
        app.MapGet("/sign-in", (HttpContext context, IAntiforgery antiforgery, string? returnUrl) => Show(context, antiforgery, returnUrl, "", null));
        app.MapPost("/sign-in", Post);
        app.MapGet("/", () => TypedResults.Content(Html("<h1>MSE shared record: sign-in</h1><p>You are signed out. Go back to the application you came from.</p>"), "text/html; charset=utf-8"));
        app.MapGet("/sign-in.css", () => TypedResults.Text(Style, "text/css"));
    }

    private static async Task<IResult> Post(HttpContext context, IAntiforgery antiforgery, AccountRegister accounts, string? returnUrl)
    {
        await antiforgery.ValidateRequestAsync(context);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var user = form["user"].ToString().Trim();
        if (accounts.SignIn(user, form["password"].ToString(), context.Connection.RemoteIpAddress?.ToString() ?? "", out var locked) is not { } account)
            return Show(context, antiforgery, returnUrl, user, locked
                ? "Too many attempts. Wait five minutes, then try again."
                : "The user name or the password is wrong.");
        var identity = new ClaimsIdentity([new(Claims.Subject, account.User)], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new(identity));
        return TypedResults.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/");
    }

    private static bool IsLocal(string? url) => url is ['/', ..] && (url.Length == 1 || url[1] is not ('/' or '\\'));

    private static Microsoft.AspNetCore.Http.HttpResults.ContentHttpResult Show(HttpContext context, IAntiforgery antiforgery, string? returnUrl, string user, string? error)
    {
        var token = antiforgery.GetAndStoreTokens(context);
        var action = "/sign-in?returnUrl=" + Uri.EscapeDataString(IsLocal(returnUrl) ? returnUrl! : "/");
        context.Response.Headers.CacheControl = "no-store";
        var message = error is null ? "" : $"""<span class="error" id="password-error"><span class="hidden">Error:</span> {error}</span>""";
        return TypedResults.Content(Html($"""
            <h1>Sign in</h1>
            <form method="post" action="{WebUtility.HtmlEncode(action)}" novalidate>
              <input type="hidden" name="{token.FormFieldName}" value="{token.RequestToken}">
              <label for="user">User name</label>
              <input id="user" name="user" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required value="{WebUtility.HtmlEncode(user)}">
              <div class="{(error is null ? "" : "has-error")}">
                <label for="password">Password</label>
                {message}
                <input id="password" name="password" type="password" autocomplete="current-password" required{(error is null ? "" : " aria-invalid=\"true\" aria-describedby=\"password-error\"")}>
              </div>
              <button type="submit">Sign in</button>
            </form>
            """), "text/html; charset=utf-8", statusCode: error is null ? 200 : 400);
    }

    private static string Html(string main) => $"""
        <!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Sign in - MSE shared record</title><link rel="stylesheet" href="/sign-in.css"></head>
        <body><header><span>MSE shared record</span></header><main>{main}</main></body></html>
        """;

    private const string Style = """
        *{box-sizing:border-box}body{margin:0;font:19px/1.5 Arial,sans-serif;color:#212b32;background:#f0f4f5}
        header{background:#005eb8;color:#fff;font-weight:700;padding:16px}header span{display:block;max-width:960px;margin:auto}
        main{max-width:960px;margin:auto;padding:32px 16px}h1{font-size:32px;margin:0 0 24px}form{max-width:420px}
        label{display:block;font-weight:600;margin:16px 0 4px}input{width:100%;font:inherit;padding:8px;border:2px solid #4c6272;border-radius:0;background:#fff;min-height:44px}
        input:focus{outline:4px solid #ffeb3b;outline-offset:0;border-color:#212b32;box-shadow:inset 0 0 0 2px #212b32}
        .has-error{border-left:4px solid #d5281b;padding-left:12px;margin-top:16px}.error{display:block;color:#d5281b;font-weight:600;margin-bottom:4px}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        button{margin-top:24px;font:inherit;font-weight:600;color:#fff;background:#007f3b;border:0;border-radius:4px;box-shadow:0 4px 0 #00401e;padding:12px 24px;cursor:pointer}
        button:focus{outline:4px solid transparent;background:#ffeb3b;color:#212b32;box-shadow:0 4px 0 #212b32}
        """;
}
