using System.Buffers;
using System.IO.Compression;
using Microsoft.Net.Http.Headers;

namespace Record.Api.Fhir;

/// <summary>Sends an answer: stored bytes go to the socket as they are, unless the caller asked for something else.</summary>
internal static class AnswerWriter
{
    public static async Task Send(HttpContext http, FhirRequest request, Answer answer)
    {
        var response = http.Response;
        response.StatusCode = answer.Status;
        Headers(response, request, answer);
        if (!answer.HasBody || !request.Reads && answer.Error is null && request.Prefer.Return == Return.Minimal)
        {
            if (answer.Status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)) response.ContentLength = 0;
            return;
        }

        response.ContentType = FhirFormat.Json;
        var size = answer.Resource is { } resource && answer.Bundle is null ? resource.Body.Length : answer.Bundle?.Size ?? answer.Content.Length;
        if (request.Method == "HEAD")
        {
            if (answer is { Resource: not null, Bundle: null, Subset: null, Error: null } && !request.Pretty) response.ContentLength = size;
            return;
        }

        var encoding = size < request.Services.Limits.CompressFromBytes ? null : Encoding(http.Request);
        if (request.Pretty || encoding is not null) await SendChanged(response, request, answer, encoding, http.RequestAborted);
        else await SendAsItIs(response, request, answer, http.RequestAborted);
    }

    private static async Task SendAsItIs(HttpResponse response, FhirRequest request, Answer answer, CancellationToken cancellation)
    {
        if (answer is { Bundle: { } bundle })
        {
            await bundle.Write(response.BodyWriter, request, cancellation);
            return;
        }

        if (answer is { Error: null, Subset: null })
        {
            var bytes = answer.Content.IsEmpty ? answer.Resource!.Body : answer.Content;
            response.ContentLength = bytes.Length;
            response.BodyWriter.Write(bytes.Span);
        }
        else
        {
            answer.Write(response.BodyWriter, request);
        }

        await response.BodyWriter.FlushAsync(cancellation);
    }

    private static async Task SendChanged(HttpResponse response, FhirRequest request, Answer answer, string? encoding, CancellationToken cancellation)
    {
        var body = new ArrayBufferWriter<byte>();
        answer.Write(body, request);
        if (request.Pretty)
        {
            var pretty = new ArrayBufferWriter<byte>(body.WrittenCount * 2);
            Indented.Write(body.WrittenSpan, pretty);
            body = pretty;
        }

        if (encoding is null)
        {
            response.ContentLength = body.WrittenCount;
            await response.Body.WriteAsync(body.WrittenMemory, cancellation);
            return;
        }

        response.Headers.ContentEncoding = encoding;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        await using Stream stream = encoding == "br" ? new BrotliStream(response.Body, CompressionLevel.Fastest, true) : new GZipStream(response.Body, CompressionLevel.Fastest, true);
        await stream.WriteAsync(body.WrittenMemory, cancellation);
    }

    private static void Headers(HttpResponse response, FhirRequest request, Answer answer)
    {
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        if (answer.Resource is { } resource && answer.Bundle is null)
        {
            headers.ETag = Conditions.Tag(resource.Version);
            headers.LastModified = HeaderUtilities.FormatDate(resource.LastUpdated);
            if (answer.Status == StatusCodes.Status201Created || request.Method is "POST" && answer.Status == StatusCodes.Status200OK)
                headers.Location = $"{request.Base}/{resource.Reference}/_history/{resource.Version}";
        }

        foreach (var (name, value) in answer.Headers) headers[name] = value;
    }

    private static string? Encoding(HttpRequest request)
    {
        var accepted = request.Headers.AcceptEncoding;
        if (accepted.Count == 0 || !StringWithQualityHeaderValue.TryParseList(accepted, out var encodings)) return null;
        string? best = null;
        foreach (var encoding in encodings)
        {
            if (encoding.Quality is 0) continue;
            if (encoding.Value.Equals("br", StringComparison.OrdinalIgnoreCase)) return "br";
            if (encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase)) best = "gzip";
        }

        return best;
    }
}
