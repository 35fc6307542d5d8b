using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bench;

/// <summary>
/// How long a developer waits: a fresh clone with nothing built until <c>ready</c>, later starts, the simulated people, and what
/// the idle stack takes of memory. Measured on what a user types; package caches of the machine are as they are.
/// </summary>
internal static partial class StartBenchmark
{
    public static async Task<int> Run(bool warmOnly)
    {
        var source = Repository();
        var folder = Directory.CreateTempSubdirectory("mse-epr-bench-").FullName;
        if (OperatingSystem.IsLinux()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var clone = warmOnly ? source : Path.Combine(folder, "clone");
        if (!warmOnly) await Must("git", "clone", "-q", source, clone);
        var data = Path.Combine(folder, "data");
        try
        {
            var (cold, load, memory) = await First(clone, data);
            var later = new List<double>();
            for (var i = 0; i < 3; i++) later.Add(await Later(clone, data));
            Console.WriteLine();
            Console.WriteLine("| what | measured | how |");
            Console.WriteLine("|---|---|---|");
            Row(warmOnly ? "first start, already built" : "fresh clone to ready", $"{cold:0.0} s", "from `dotnet run --project AppHost` to the line `ready`, packages in the machine's cache");
            Row("later start", $"{later.Min():0.0} to {later.Max():0.0} s", "the same, three times, nothing to build");
            Row("1,000 people in", $"{load.Seconds:0} s for {load.Messages:#,0} messages", "from `ready` until every message is mapped and no backlog is left");
            Row("idle memory", $"{memory.Total:0} MB", $"sum of proportional set size (Pss) a minute later, of which PostgreSQL {memory.Postgres:0} MB");
            Row("machine", $"{Environment.ProcessorCount} cores", $"{System.Runtime.InteropServices.RuntimeInformation.OSDescription}");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static void Row(string what, string measured, string how) => Console.WriteLine($"| {what} | {measured} | {how} |");

    private static async Task<(double Cold, (double Seconds, long Messages) Load, (double Total, double Postgres) Memory)> First(string clone, string data)
    {
        var clock = Stopwatch.StartNew();
        using var stack = Start(clone, data);
        var ready = await Ready(stack);
        var cold = clock.Elapsed.TotalSeconds;
        clock.Restart();
        var messages = await Loaded(ready);
        var load = (clock.Elapsed.TotalSeconds, messages);
        await Task.Delay(TimeSpan.FromSeconds(60));
        var memory = Memory(stack.Id);
        await Stop(stack);
        return (cold, load, memory);
    }

    private static async Task<double> Later(string clone, string data)
    {
        var clock = Stopwatch.StartNew();
        using var stack = Start(clone, data);
        await Ready(stack);
        var taken = clock.Elapsed.TotalSeconds;
        await Stop(stack);
        return taken;
    }

    private static Process Start(string clone, string data) => Process.Start(
        new ProcessStartInfo("dotnet", ["run", "--project", Path.Combine(clone, "AppHost"), "--", "--Ports:Base=0", $"--Postgres:DataDirectory={data}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static async Task<string> Ready(Process stack)
    {
        var errors = stack.StandardError.ReadToEndAsync();
        while (await stack.StandardOutput.ReadLineAsync() is { } line)
            if (line.StartsWith("ready", StringComparison.Ordinal))
            {
                _ = stack.StandardOutput.ReadToEndAsync();
                return line;
            }

        throw new InvalidOperationException($"The stack ended:\n{await errors}");
    }

    private static async Task<long> Loaded(string ready)
    {
        using var http = new HttpClient();
        string Address(string name) => Regex.Match(ready, $@"{name} (http://[^,\s]+)").Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = "local-system", ["client_secret"] = "local-system-secret", ["scope"] = "system/*.*" });
        using var answer = await http.PostAsync(new Uri(Address("identity") + "/connect/token"), form);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
        for (var (before, calm) = (0L, 0); ;)
        {
            var feeds = (await http.GetFromJsonAsync<JsonElement>(new Uri(Address("record-api") + "/feeds"))).EnumerateArray().ToList();
            var (received, backlog) = (feeds.Sum(feed => feed.GetProperty("received").GetInt64()), feeds.Sum(feed => feed.GetProperty("backlog").GetInt64()));
            calm = received > 40_000 && backlog == 0 && received == before ? calm + 1 : 0;
            if (calm == 3) return received;
            before = received;
            await Task.Delay(500);
        }
    }

    private static (double Total, double Postgres) Memory(int root)
    {
        var parents = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).ToDictionary(name => int.Parse(name!, null), name => Parent(name!));
        bool Below(int id) => id == root || (parents.TryGetValue(id, out var parent) && parent > 1 && Below(parent));
        var (total, postgres) = (0.0, 0.0);
        foreach (var id in parents.Keys.Where(Below))
        {
            var pss = Pss(id);
            total += pss;
            if (Command(id).Contains("postgres", StringComparison.Ordinal)) postgres += pss;
        }

        return (total, postgres);
    }

    private static int Parent(string id) => Read($"/proc/{id}/stat") is { Length: > 0 } stat ? int.Parse(stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    private static double Pss(int id) => Kilobytes().Match(Read($"/proc/{id}/smaps_rollup")) is { Success: true } match ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) / 1024 : 0;

    private static string Command(int id) => Read($"/proc/{id}/cmdline");

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static async Task Stop(Process stack)
    {
        using var kill = Process.Start("/bin/kill", ["-s", "TERM", stack.Id.ToString(CultureInfo.InvariantCulture)]);
        await stack.WaitForExitAsync();
        await Task.Delay(2000);
    }

    private static async Task Must(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command} failed.");
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "MseEpr.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"^Pss:\s+(\d+) kB", RegexOptions.Multiline)]
    private static partial Regex Kilobytes();
}
