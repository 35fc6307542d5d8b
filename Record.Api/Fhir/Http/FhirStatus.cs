using System.Buffers;
using Microsoft.AspNetCore.Diagnostics;
using Record.Core;

namespace Record.Api.Fhir;

/// <summary>What the server itself refuses, explained by an OperationOutcome under <c>/fhir</c> and by RFC 9457 beside it.</summary>
internal static class FhirStatus
{
    /// <summary>Explains a status that was set without a body: 401, 403, 404, 405 …</summary>
    public static Task Explain(StatusCodeContext status)
    {
        var http = status.HttpContext;
        if (!http.Request.Path.StartsWithSegments("/fhir")) return Results.Problem(statusCode: http.Response.StatusCode).ExecuteAsync(http);
        return Send(http, http.Response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => new(ErrorKind.Forbidden, "fhir.sign-in", "Sign in: the request needs a valid bearer token.") { Issue = "login" },
            StatusCodes.Status403Forbidden => new(ErrorKind.Forbidden, "fhir.forbidden", "Your sign-in does not allow this."),
            StatusCodes.Status404NotFound => FhirRequestErrors.NoSuchInteraction,
            StatusCodes.Status405MethodNotAllowed => new(ErrorKind.NotSupported, "fhir.method-not-allowed", "This address does not take this method; the header Allow names those that it takes."),
            StatusCodes.Status413PayloadTooLarge => new(ErrorKind.TooLarge, "fhir.too-large", "The body is larger than this server takes."),
            StatusCodes.Status415UnsupportedMediaType => FhirRequestErrors.UnsupportedMedia,
            _ => new(ErrorKind.Invalid, "fhir.bad-request", "The request cannot be understood."),
        }, http.Response.StatusCode);
    }

    /// <summary>Explains what nobody expected: a trace id and nothing else.</summary>
    public static void HandleFault(IApplicationBuilder app) => app.Run(http =>
    {
        var fault = http.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (fault is BadHttpRequestException bad) http.Response.StatusCode = bad.StatusCode;
        if (!http.Request.Path.StartsWithSegments("/fhir")) return Results.Problem(statusCode: http.Response.StatusCode, detail: fault is BadHttpRequestException ? null : Sentence(http)).ExecuteAsync(http);
        if (fault is BadHttpRequestException) return Send(http, new(ErrorKind.Invalid, "fhir.bad-request", "The request cannot be understood."), http.Response.StatusCode);
        return Send(http, new(ErrorKind.Invalid, "fhir.fault", Sentence(http)) { Issue = "exception" }, StatusCodes.Status500InternalServerError);
    });

    /// <summary>Sends an error outside of an interaction.</summary>
    public static async Task Send(HttpContext http, RecordError error, int? status = null)
    {
        http.Response.StatusCode = status ?? Problems.StatusOf(error.Kind);
        http.Response.ContentType = FhirFormat.Json;
        http.Response.Headers.CacheControl = "no-store";
        var bytes = Outcome.Bytes(error);
        http.Response.ContentLength = bytes.Length;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        http.Response.BodyWriter.Write(bytes.Span);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private static string Sentence(HttpContext http) => $"Something went wrong here. Trace {http.TraceIdentifier}.";
}
