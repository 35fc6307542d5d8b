using System.Globalization;
using Record.Core.Fhir;

namespace Record.Api.Fhir;

/// <summary>A resource as stored: its bytes, ETag and Last-Modified. A Location where one was created.</summary>
internal sealed class ResourceResult(StoredResource resource, int status = StatusCodes.Status200OK) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        var tag = $"W/\"{resource.Version}\"";
        response.Headers.ETag = tag;
        response.Headers.LastModified = resource.LastUpdated.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status201Created) response.Headers.Location = $"{FhirBase.Of(request)}/{resource.Reference}/_history/{resource.Version}";
        if (HttpMethods.IsGet(request.Method) && request.Headers.IfNoneMatch.Contains(tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.StatusCode = status;
        if (status == StatusCodes.Status204NoContent || resource.Body.IsEmpty) return Task.CompletedTask;
        if (!HttpMethods.IsGet(request.Method) && request.Headers["Prefer"].Contains("return=minimal")) return Task.CompletedTask;
        response.ContentType = OutcomeResult.MediaType;
        response.ContentLength = resource.Body.Length;
        return response.Body.WriteAsync(resource.Body, httpContext.RequestAborted).AsTask();
    }
}

/// <summary>The address of the FHIR service as the caller sees it.</summary>
internal static class FhirBase
{
    public static string Of(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}/fhir";
}
