using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Record.Core.Audit.Seals;

/// <summary>
/// Seals the audit beside those who write it: every second what has been committed, every hour the head outside the database. Any number
/// of processes may run it; one at a time seals.
/// </summary>
public sealed partial class SealAudit(AuditSealStore store, IOptions<SealOptions> options, TimeProvider clock, ILogger<SealAudit> logger) : BackgroundService
{
    private readonly Access access = Access.OfService("audit-seals");
    private readonly SealKey? key = options.Value.Keys.Count > 0 ? options.Value.Keys[0] : null;
    private DateTimeOffset anchorDue = DateTimeOffset.MinValue;

    /// <summary>Seals all that is committed, and anchors the head if it is time.</summary>
    /// <returns>How many rows were sealed.</returns>
    public async Task<int> SealOnce(CancellationToken cancellation)
    {
        var (rows, last) = (0, (AuditSeal?)null);
        for (var more = true; more;)
        {
            (var seal, more) = await store.Seal(access, key, cancellation);
            if (seal is not null) (rows, last) = (rows + seal.Ids.Count, seal);
        }

        if (last is not null && clock.GetUtcNow() >= anchorDue) await Anchor(last, cancellation);
        return rows;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.AnchorFolder is null) LogNoFolder();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SealOnce(stoppingToken);
            }
            catch (Exception problem) when (problem is NpgsqlException or TimeoutException or IOException or UnauthorizedAccessException or InvalidOperationException && !stoppingToken.IsCancellationRequested)
            {
                LogFailed(problem.GetType().Name, problem is InvalidOperationException ? problem.Message : ""); // what is left is sealed next time
            }

            await Task.Delay(options.Value.SealEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Anchor(AuditSeal seal, CancellationToken cancellation)
    {
        var anchor = new AuditAnchor(seal.Block, Convert.ToHexStringLower(seal.Head), clock.GetUtcNow());
        LogAnchor(anchor.Block, anchor.Head);
        if (options.Value.AnchorFolder is { } folder) await anchor.Keep(folder, cancellation);
        anchorDue = anchor.At + options.Value.AnchorEvery;
    }

    [LoggerMessage(8001, LogLevel.Information, "Audit anchor: block {Block}, head {Head}")]
    private partial void LogAnchor(long block, string head);

    [LoggerMessage(8002, LogLevel.Warning, "The audit's heads are anchored in this log alone: set Audit__AnchorFolder")]
    private partial void LogNoFolder();

    [LoggerMessage(8003, LogLevel.Error, "The audit could not be sealed: {Problem} {Says}")]
    private partial void LogFailed(string problem, string says);
}
