using Microsoft.Extensions.Options;
using Record.Core;
using Record.Core.Audit.Seals;

namespace Record.Worker.Audit;

/// <summary>The command <c>verify-audit</c>: 0 if the audit is whole, 1 if it was tampered with, 2 if that cannot be told.</summary>
internal static class VerifyAuditCommand
{
    public static async Task<int> Run(string[] args)
    {
        await using var app = RecordWorkerHost.Build(args);
        try
        {
            var options = app.Services.GetRequiredService<IOptions<SealOptions>>().Value;
            var verdict = await new VerifyAudit(app.Services.GetRequiredService<AuditSealStore>(), options).Run(Access.OfService("verify-audit"), CancellationToken.None);
            Console.WriteLine($"{verdict.Rows} rows in {verdict.Blocks} blocks are as they were sealed; {verdict.Anchors} anchors agree; {verdict.Unsealed} rows are not sealed yet");
            Console.WriteLine(verdict.Fault is { } fault ? $"TAMPERED, first {fault.Kind} {(fault.Row is { } row ? $"row {row}" : $"block {fault.Block}")}: {fault.Says}" : "whole");
            return verdict.Fault is null ? 0 : 1;
        }
        catch (Exception problem) when (problem is Npgsql.NpgsqlException or InvalidDataException or IOException)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 2;
        }
    }
}
