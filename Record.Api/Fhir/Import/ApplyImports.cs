using Microsoft.Extensions.Options;
using Npgsql;
using Record.Core;
using Record.Core.Imports;

namespace Record.Api.Fhir;

/// <summary>
/// Applies imports piece by piece: the resources of a piece, its counts and its faults are one transaction, so that a piece is applied
/// once, by whichever process takes it, and a process that is killed leaves the rest for the next.
/// </summary>
internal sealed partial class ApplyImports(FhirServices services, ImportStore imports, IOptions<ImportOptions> options, ILogger<ApplyImports> logger) : BackgroundService
{
    private static readonly Access Ours = Access.OfService("import");
    private readonly SemaphoreSlim sent = new(0);

    /// <summary>Says that there is something to apply.</summary>
    public void Wake() => sent.Release(options.Value.Writers);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Writers).Select(_ => Task.Run(() => Work(stoppingToken), stoppingToken)));

    private async Task Work(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                foreach (var job in await imports.Running(Ours, cancellation)) await Apply(job, cancellation);
            }
            catch (Exception problem) when (problem is NpgsqlException or TimeoutException)
            {
                LogPaused(problem.GetType().Name);
            }

            await sent.WaitAsync(options.Value.LookEvery, cancellation);
        }
    }

    private async Task Apply(ImportJob job, CancellationToken cancellation)
    {
        while (await ApplyOne(job, cancellation))
        {
        }

        await imports.Finish(Ours, job.Id, cancellation);
    }

    private async Task<bool> ApplyOne(ImportJob job, CancellationToken cancellation)
    {
        await using var transaction = await services.Store.Begin(job.Access, "import", cancellation);
        if (await ImportStore.Take(transaction, job.Id, cancellation) is not { } piece) return false;
        var lines = ImportLines.Of(piece, services);
        try
        {
            foreach (var (_, write) in lines.Writes) transaction.Add(write);
            if ((await transaction.Flush(cancellation)).TryGet(out _, out _))
            {
                await ImportStore.Applied(transaction, piece, lines.Writes.Count, lines.Faults, cancellation);
                if ((await transaction.Commit(cancellation)).TryGet(out _, out _)) return true;
            }
        }
        catch (PostgresException problem)
        {
            LogSingly(job.Id, piece.Number, problem.SqlState);
        }

        await transaction.DisposeAsync();
        await ApplySingly(job, cancellation);
        return true;
    }

    // Something of the piece cannot be stored together with the rest: each line for itself shows which.
    private async Task ApplySingly(ImportJob job, CancellationToken cancellation)
    {
        await using var transaction = await services.Store.Begin(job.Access, "import", cancellation);
        if (await ImportStore.Take(transaction, job.Id, cancellation) is not { } piece) return;
        var lines = ImportLines.Of(piece, services);
        var accepted = 0;
        foreach (var (line, write) in lines.Writes)
        {
            try
            {
                if ((await services.Store.Write(job.Access, write, cancellation)).TryGet(out _, out var error)) accepted++;
                else lines.Reject(piece, line, error);
            }
            catch (PostgresException)
            {
                lines.Reject(piece, line, ImportErrors.NotStored);
            }
        }

        lines.Faults.Sort((one, other) => one.Line.CompareTo(other.Line));
        await ImportStore.Applied(transaction, piece, accepted, lines.Faults, cancellation);
        await transaction.Commit(cancellation);
    }

    [LoggerMessage(2101, LogLevel.Warning, "Imports pause: {Problem}")]
    private partial void LogPaused(string problem);

    [LoggerMessage(2102, LogLevel.Warning, "Import {Job}: piece {Piece} is applied line by line after SQLSTATE {State}")]
    private partial void LogSingly(Guid job, int piece, string state);
}
