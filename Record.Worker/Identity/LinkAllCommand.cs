using System.Diagnostics;
using Record.Core;
using Record.Core.Identity.Bulk;

namespace Record.Worker.Identity;

/// <summary>
/// The command <c>link-all</c>: links every source patient that is not linked yet, as after a first load; with <c>--again</c> every one, as
/// after other weights were put into use. Goes on where it was stopped. Workers may run meanwhile: their identity consumer waits.
/// </summary>
internal static class LinkAllCommand
{
    /// <summary>Runs. 0 if everybody is linked.</summary>
    public static async Task<int> Run(string[] options)
    {
        if (options is not ([] or ["--again"]))
        {
            await Console.Error.WriteLineAsync("usage: link-all [--again]");
            return 2;
        }

        var builder = WebApplication.CreateBuilder();
        builder.AddNpgsqlDataSource("record", configureDataSourceBuilder: RecordStoreServices.Tune);
        builder.Services.AddRecordStore().AddIdentityConsumer();
        await using var app = builder.Build(); // nothing of it is started
        using var end = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true; // the transaction at hand is ended in order
            end.Cancel();
        };
        var started = Stopwatch.GetTimestamp();
        var linked = await app.Services.GetRequiredService<LinkAll>().Run(options.Length > 0, stage => Console.WriteLine(FormattableString.Invariant($"{Stopwatch.GetElapsedTime(started).TotalSeconds,7:0.0} s  {stage}")), end.Token);
        if (!linked.TryGet(out var all, out var error))
        {
            await Console.Error.WriteLineAsync(error.Detail);
            return 1;
        }

        Console.WriteLine(FormattableString.Invariant($"{all.Records:#,0} records are {all.Persons:#,0} persons; {all.Questions:#,0} questions for stewards"));
        return 0;
    }
}
