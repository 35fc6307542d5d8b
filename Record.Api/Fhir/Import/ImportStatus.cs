using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Record.Core.Imports;

namespace Record.Api.Fhir;

/// <summary>How far an import is, and what was refused. https://hl7.org/fhir/R4/async.html</summary>
internal sealed class ImportStatus(ImportStore imports)
{
    private const int FaultsShown = 1000;

    public async Task<Answer> Handle(FhirRequest request, CancellationToken cancellation)
    {
        if (await Find(request, cancellation) is not { } job) return ImportErrors.NoSuchImport;
        var progress = await imports.Progress(request.Access, job.Id, cancellation);
        if (job.State != "done")
            return new Answer(StatusCodes.Status202Accepted)
            {
                Headers = [new("X-Progress", $"{progress.Sum(input => input.Done)} of {progress.Sum(input => input.Lines)} lines"), new("Retry-After", "1")],
            };
        var faults = await imports.Faults(request.Access, job.Id, 0, 0, FaultsShown, cancellation);
        return new Answer(StatusCodes.Status200OK) { Content = Report(request, job, progress, faults) };
    }

    /// <summary>Every refused line as an OperationOutcome, one a line.</summary>
    public async Task Errors(HttpContext http, FhirRequest request)
    {
        var cancellation = http.RequestAborted;
        if (await Find(request, cancellation) is not { } job)
        {
            await FhirStatus.Send(http, ImportErrors.NoSuchImport);
            return;
        }

        http.Response.ContentType = "application/fhir+ndjson";
        var after = (Input: 0, Line: 0L);
        while (await imports.Faults(request.Access, job.Id, after.Input, after.Line, FaultsShown, cancellation) is { Count: > 0 } faults)
        {
            foreach (var fault in faults) Write(http.Response.BodyWriter, fault);
            await http.Response.BodyWriter.FlushAsync(cancellation);
            after = (faults[^1].Input, faults[^1].Line);
        }
    }

    public async Task<Answer> Cancel(FhirRequest request, CancellationToken cancellation)
    {
        if (await Find(request, cancellation) is not { } job) return ImportErrors.NoSuchImport;
        await imports.Cancel(request.Access, job.Id, cancellation);
        return new Answer(StatusCodes.Status202Accepted) { Content = Outcome.Information("The import is stopped; what was applied stays.") };
    }

    private async Task<ImportJob?> Find(FhirRequest request, CancellationToken cancellation) =>
        request.Access.IsSystem && Guid.TryParse(request.Http.RouteValues["job"] as string, CultureInfo.InvariantCulture, out var id) && await imports.Find(request.Access, id, cancellation) is { State: not "cancelled" } job ? job : null;

    private static ReadOnlyMemory<byte> Report(FhirRequest request, ImportJob job, IReadOnlyList<ImportProgress> progress, IReadOnlyList<ImportFault> faults)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("transactionTime", job.Created);
        json.WriteString("request", job.Address);
        json.WriteBoolean("requiresAccessToken", true);
        json.WriteStartArray("output");
        foreach (var input in progress) Count(json, input.Name, input.Accepted, null);
        json.WriteEndArray();
        json.WriteStartArray("error");
        foreach (var input in progress.Where(input => input.Rejected > 0)) Count(json, input.Name, input.Rejected, $"{request.Base}/$import-status/{job.Id}/errors");
        json.WriteEndArray();
        json.WriteStartArray("errors");
        foreach (var fault in faults) Write(json, fault);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static void Count(Utf8JsonWriter json, string name, long count, string? url)
    {
        json.WriteStartObject();
        if (url is not null) json.WriteString("type", "OperationOutcome");
        json.WriteString("inputUrl", name);
        json.WriteNumber("count", count);
        if (url is not null) json.WriteString("url", url);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ImportFault fault)
    {
        json.WriteStartObject();
        json.WriteString("file", fault.Name);
        json.WriteNumber("line", fault.Line);
        json.WritePropertyName("outcome");
        json.WriteRawValue(fault.Outcome.Span, true);
        json.WriteEndObject();
    }

    private static void Write(IBufferWriter<byte> output, ImportFault fault)
    {
        using (var json = new Utf8JsonWriter(output)) Write(json, fault);
        output.Write("\n"u8);
    }
}
