using Microsoft.Extensions.Options;
using Npgsql;
using Record.Core;
using Record.Core.Fhir;
using Record.Core.Imports;

namespace Record.Api.Fhir;

/// <summary>
/// Applies imports piece by piece: the resources of a piece, its counts and its faults are one transaction, so that a piece is applied
/// once, by whichever process takes it, and a process that is killed leaves the rest for the next.
/// </summary>
internal sealed partial class ApplyImports(FhirServices services, ImportStore imports, IOptions<ImportOptions> options, ILogger<ApplyImports> logger) : BackgroundService
{
    private const int Attempts = 10; // against other writers of the same resources

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
            catch (Exception problem) when (problem is NpgsqlException or TimeoutException or ObjectDisposedException) // the last: a connection that broke while it was used
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
        for (var attempt = 0; attempt < Attempts; attempt++)
            if (await ApplyTogether(job, cancellation) is { } applied) return applied;
        return await ApplySingly(job, cancellation);
    }

    // Null: something of the piece cannot be stored, or somebody else wrote one of its resources at the same moment; nothing was kept.
    private async Task<bool?> ApplyTogether(ImportJob job, CancellationToken cancellation)
    {
        await using var transaction = await services.Store.Begin(job.Access, "import", cancellation);
        if (await ImportStore.Take(transaction, job.Id, cancellation) is not { } piece) return false;
        using var kept = piece;
        var lines = ImportLines.Of(piece, services);
        try
        {
            foreach (var (_, write) in lines.Sorted()) transaction.Add(write);
            if (!(await transaction.Flush(cancellation)).IsSuccess) return null;
            await ImportStore.Applied(transaction, piece, lines.Writes.Count, lines.Faults, cancellation);
            return (await transaction.Commit(cancellation)).IsSuccess ? true : null;
        }
        catch (PostgresException problem)
        {
            LogAgain(job.Id, piece.Number, problem.SqlState);
            return null;
        }
    }

    // Each line for itself shows which cannot be stored.
    private async Task<bool> ApplySingly(ImportJob job, CancellationToken cancellation)
    {
        await using var transaction = await services.Store.Begin(job.Access, "import", cancellation);
        if (await ImportStore.Take(transaction, job.Id, cancellation) is not { } piece) return false;
        using var kept = piece;
        var lines = ImportLines.Of(piece, services);
        var accepted = 0;
        foreach (var (line, write) in lines.Writes)
        {
            if (await ApplyLine(job, write, cancellation) is { } error) lines.Reject(piece, line, error);
            else accepted++;
        }

        lines.Faults.Sort((one, other) => one.Line.CompareTo(other.Line));
        await ImportStore.Applied(transaction, piece, accepted, lines.Faults, cancellation);
        await transaction.Commit(cancellation);
        return true;
    }

    private async Task<RecordError?> ApplyLine(ImportJob job, ResourceWrite write, CancellationToken cancellation)
    {
        try
        {
            var error = FhirErrors.WrittenMeanwhile;
            for (var attempt = 0; attempt < Attempts && error == FhirErrors.WrittenMeanwhile; attempt++)
                if ((await services.Store.Write(job.Access, write, cancellation)).TryGet(out _, out error)) return null;
            return error;
        }
        catch (PostgresException)
        {
            return ImportErrors.NotStored;
        }
    }

    [LoggerMessage(2101, LogLevel.Warning, "Imports pause: {Problem}")]
    private partial void LogPaused(string problem);

    [LoggerMessage(2102, LogLevel.Warning, "Import {Job}: piece {Piece} is applied again after SQLSTATE {State}")]
    private partial void LogAgain(Guid job, int piece, string state);
}
