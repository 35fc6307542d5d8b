using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Record.Core;
using Record.Core.Imports;

namespace Record.Api.Fhir;

/// <summary>
/// $import: resources as ndjson, kept first and applied afterwards. The body is ndjson, several files, or a Parameters resource that names
/// files of a folder. https://github.com/smart-on-fhir/bulk-import and the asynchronous pattern, https://hl7.org/fhir/R4/async.html
/// </summary>
internal sealed class Import(ImportStore imports, ApplyImports applying, IOptions<ImportOptions> options)
{
    private sealed record Input(string Name, Func<CancellationToken, Task<PipeReader>> Open);

    public async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (!request.Access.IsSystem) return ImportErrors.MayNotImport;
        if (request.Http.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null; // nothing of it is held
        if (!MediaTypeHeaderValue.TryParse(request.Http.ContentType, out var type)) return ImportErrors.Media;
        if (type.MediaType.Value is "application/fhir+ndjson" or "application/ndjson" or "application/x-ndjson") return await Receive(request, Body(request), cancellation);
        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) && type.Boundary.HasValue) return await Receive(request, Parts(request, type), cancellation);
        if (FhirFormat.Unreadable(request.Http.ContentType) is not null) return ImportErrors.Media;
        return (await Named(request, cancellation)).TryGet(out var files, out var error) ? await Receive(request, files.ToAsyncEnumerable(), cancellation) : error;
    }

    private async Task<Answer> Receive(FhirRequest request, IAsyncEnumerable<Input> inputs, CancellationToken cancellation)
    {
        var job = await imports.Open(request.Access, $"{request.Base}/$import", cancellation);
        var receive = new ReceiveImport(imports, request.Access, job, options.Value.LinesAtOnce, request.Services.Limits.MaxBodyBytes);
        await foreach (var input in inputs.WithCancellation(cancellation)) await receive.Receive(input.Name, await input.Open(cancellation), cancellation);
        await imports.Start(request.Access, job, cancellation);
        applying.Wake();
        return new Answer(StatusCodes.Status202Accepted)
        {
            Headers = [new("Content-Location", $"{request.Base}/$import-status/{job}")],
            Content = Outcome.Information("The import is kept and will be applied; ask the address in Content-Location how far it is."),
        };
    }

    private static async IAsyncEnumerable<Input> Body(FhirRequest request)
    {
        await Task.CompletedTask;
        yield return new("body", _ => Task.FromResult(request.Http.BodyReader));
    }

    private static async IAsyncEnumerable<Input> Parts(FhirRequest request, MediaTypeHeaderValue type)
    {
        var reader = new MultipartReader(HeaderUtilities.RemoveQuotes(type.Boundary).Value!, request.Http.Body) { BodyLengthLimit = null };
        while (await reader.ReadNextSectionAsync(request.Http.HttpContext.RequestAborted) is { } section)
        {
            var name = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) ? HeaderUtilities.RemoveQuotes(disposition.FileName.HasValue ? disposition.FileName : disposition.Name).Value : null;
            yield return new(name ?? "part", _ => Task.FromResult(PipeReader.Create(section.Body)));
        }
    }

    // Names of files, never addresses: nothing is fetched on a caller's behalf.
    private async Task<Result<List<Input>>> Named(FhirRequest request, CancellationToken cancellation)
    {
        if (!(await RequestBody.Read(request.Http, request.Services, cancellation)).TryGet(out var bytes, out var error)) return error;
        if (!FhirBody.Parse(bytes, request.Services.Limits).TryGet(out var document, out error)) return error;
        using (document)
        {
            var names = Urls(document.RootElement).ToList();
            if (names.Count == 0) return ImportErrors.NoInput;
            if (options.Value.Folder is not { Length: > 0 } folder) return ImportErrors.NoFolder;
            var inputs = new List<Input>();
            foreach (var name in names)
            {
                var path = Path.GetFullPath(Path.Combine(folder, name));
                if (!path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !File.Exists(path)) return ImportErrors.NoSuchFile(inputs.Count + 1);
                inputs.Add(new(name, _ => Task.FromResult(PipeReader.Create(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan), new StreamPipeReaderOptions(bufferSize: 1 << 16)))));
            }

            return inputs;
        }
    }

    private static IEnumerable<string> Urls(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("parameter"u8, out var parameters) || parameters.ValueKind != JsonValueKind.Array) yield break;
        foreach (var parameter in parameters.EnumerateArray())
        {
            if (FhirBody.Text(parameter, "name"u8) != "input" || !parameter.TryGetProperty("part"u8, out var parts) || parts.ValueKind != JsonValueKind.Array) continue;
            foreach (var part in parts.EnumerateArray())
                if (FhirBody.Text(part, "name"u8) is "url" && (FhirBody.Text(part, "valueUri"u8) ?? FhirBody.Text(part, "valueUrl"u8) ?? FhirBody.Text(part, "valueString"u8)) is { } url) yield return url;
        }
    }
}
