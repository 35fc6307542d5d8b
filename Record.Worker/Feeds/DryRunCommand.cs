using Record.Core;
using Record.Core.Feeds;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Worker.Feeds;

/// <summary>The command <c>dry-run PATH</c>: what would become of files of HL7 v2 messages. It needs no database and stores nothing.</summary>
internal static class DryRunCommand
{
    private const string Usage = "usage: dotnet run --project Record.Worker -- dry-run PATH [--config FOLDER]\nPATH: an .hl7 file or a folder of them, one message each. The link of the patient is decided on the page /feeds/dry-run, which has the record to look into.";

    /// <summary>Runs it. 0 if every message would be taken.</summary>
    public static async Task<int> Run(string[] args)
    {
        var config = args is [_, "--config", var folder] ? folder : Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "config");
        if (args.Length is not (1 or 3) || !(File.Exists(args[0]) || Directory.Exists(args[0])))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        if (!CareSystemReader.Read(config).TryGet(out var system, out var wrong))
        {
            await Console.Error.WriteLineAsync(wrong.Detail);
            return 2;
        }

        var dryRun = new DryRun(new V2Door(system), system, TimeProvider.System);
        IEnumerable<string> files = File.Exists(args[0]) ? [args[0]] : Directory.GetFiles(args[0], "*.hl7", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        var refused = 0;
        foreach (var file in files)
        {
            var tried = await dryRun.Try(Access.OfService("dry-run"), await File.ReadAllBytesAsync(file), null, CancellationToken.None);
            if (!tried.TryGet(out var result, out _)) continue;
            if (result.Refusal is not null) refused++;
            Print(Path.GetFileName(file), result);
        }

        return refused == 0 ? 0 : 1;
    }

    private static void Print(string file, DryRunResult result)
    {
        Console.WriteLine($"== {file}: {result.Message} from {result.Source ?? "a sender that is not configured"}");
        Console.WriteLine(result.Refusal is { } refusal ? $"refused: {refusal}" : result.Faults.Count > 0 ? $"taken, would wait: {string.Join("; ", result.Faults)}" : "taken and mapped");
        if (result.Acknowledgement.Length > 0) Console.WriteLine(result.Acknowledgement);
        foreach (var field in result.Ignored) Console.WriteLine($"  {field.Field,-8} {field.Name}: {field.Why}");
        foreach (var resource in result.Resources) Console.WriteLine(resource);
        Console.WriteLine();
    }
}
