using System.Diagnostics;
using System.IO.Compression;

namespace Simulator.Sending;

/// <summary>Sends files of HL7 v2 messages over MLLP and counts what became of each.</summary>
public static class SendCommand
{
    private const string Usage = "usage: dotnet run --project Simulator -- send PATH [--mllp HOST:PORT] [--connections N]\nPATH: a file or folder of .hl7 files, one message each, or a .zip of them";

    /// <summary>Runs the command. 0 if every message was answered.</summary>
    public static async Task<int> Run(string[] args)
    {
        if (args.Length % 2 == 0 || !(File.Exists(args[0]) || Directory.Exists(args[0])))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        var address = (Option(args, "--mllp") ?? "localhost:2575").Split(':');
        var connections = int.TryParse(Option(args, "--connections"), out var count) ? Math.Clamp(count, 1, 64) : 1;
        var messages = await Read(args[0]);
        var clock = Stopwatch.StartNew();
        try
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, connections).Select(i => SendAll(address[0], int.Parse(address[1], null), [.. messages.Where((_, place) => place % connections == i)])));
            Print([.. answers.SelectMany(answer => answer)], messages.Count, clock.Elapsed);
            return 0;
        }
        catch (Exception problem) when (problem is IOException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync($"The connection to {string.Join(':', address)} failed: {problem.Message}");
            return 1;
        }
    }

    private static async Task<List<Acknowledgement>> SendAll(string host, int port, List<byte[]> messages)
    {
        using var connection = await MllpConnection.Open(host, port, CancellationToken.None);
        var answers = new List<Acknowledgement>();
        var sent = 0;
        while (answers.Count < messages.Count)
        {
            while (sent < messages.Count && sent - answers.Count < 64) await connection.Send(messages[sent++], CancellationToken.None);
            answers.Add(await connection.Receive(CancellationToken.None));
        }

        return answers;
    }

    private static void Print(List<Acknowledgement> answers, int sent, TimeSpan took)
    {
        Console.WriteLine($"sent      {sent}");
        Console.WriteLine($"taken     {answers.Count(answer => answer.Taken)}");
        Console.WriteLine($"refused   {answers.Count(answer => !answer.Taken)}");
        foreach (var group in answers.Where(answer => !answer.Taken).GroupBy(answer => (answer.Code, answer.Reason)).OrderByDescending(group => group.Count()))
            Console.WriteLine($"  {group.Count(),6}  {group.Key.Code}  {group.Key.Reason}");
        Console.WriteLine($"in {took.TotalSeconds:0.0} s, {sent / took.TotalSeconds:0} a second");
    }

    private static async Task<List<byte[]>> Read(string path)
    {
        if (Directory.Exists(path)) return [.. Directory.GetFiles(path, "*.hl7", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) return [await File.ReadAllBytesAsync(path)];
        var messages = new List<byte[]>();
        await using var archive = await ZipFile.OpenReadAsync(path);
        foreach (var entry in archive.Entries.Where(entry => entry.Name.EndsWith(".hl7", StringComparison.OrdinalIgnoreCase)).OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            using var buffer = new MemoryStream();
            await using var stream = await entry.OpenAsync();
            await stream.CopyToAsync(buffer);
            messages.Add(buffer.ToArray());
        }

        return messages;
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is var at and > 0 ? args[at + 1] : null;
}
