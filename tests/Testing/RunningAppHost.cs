using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Testing;

/// <summary>The whole AppHost as a process of its own, on free ports and with a data folder of its own.</summary>
public sealed partial class RunningAppHost : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mse-epr-stack-").FullName;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(100) };
    private readonly StringBuilder said = new();
    private Process? process;

    /// <summary>Addresses by resource: <c>record-api</c>, <c>record-worker mllp</c>, <c>status page</c> …</summary>
    public IReadOnlyDictionary<string, Uri> Addresses { get; private set; } = new Dictionary<string, Uri>();

    /// <summary>Everything that it printed.</summary>
    public string Said
    {
        get
        {
            lock (said) return said.ToString();
        }
    }

    /// <summary>Starts it and waits for <c>ready</c>.</summary>
    public async Task Start(params string[] settings)
    {
        if (OperatingSystem.IsLinux()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101); // PostgreSQL's user passes through
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var host = Path.Combine(Checkout.Root, "AppHost", "bin", output.Parent!.Name, output.Name, "AppHost.dll");
        // A shell that runs tests in the background has them ignore SIGINT; whoever presses Ctrl-C has not.
        var info = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", host, "--Ports:Base=0", $"--Postgres:DataDirectory={Path.Combine(folder, "data")}", .. settings]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process = new Process { StartInfo = info, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data, ready);
        process.ErrorDataReceived += (_, line) => Hear(line.Data, ready);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The stack ended:\n{Said}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var line = await ready.Task.WaitAsync(TimeSpan.FromMinutes(4));
        Addresses = Address().Matches(line).ToDictionary(match => match.Groups[1].Value.Trim(), match => new Uri(match.Groups[2].Value));
    }

    /// <summary>Ids of the processes it has started that still run.</summary>
    public IReadOnlyList<int> Children() =>
        [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(id => Parent(id) == process!.Id)];

    /// <summary>Whether a process runs.</summary>
    public static bool Runs(int id) => Parent(id) is not null && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);

    /// <summary>Asks it to end and waits.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Stop(string signal = "TERM")
    {
        using var kill = Process.Start("/bin/kill", ["-s", signal, process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        return process.ExitCode;
    }

    /// <summary>A token for a user, or for the machine account if none is named.</summary>
    public async Task<string> Token(string? user = null)
    {
        var form = user is null
            ? new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = "local-system", ["client_secret"] = "local-system-secret", ["scope"] = "system/*.*" }
            : new() { ["user"] = user };
        using var content = new FormUrlEncodedContent(form);
        using var answer = await http.PostAsync(new Uri(Addresses["identity"], user is null ? "connect/token" : "local/token"), content);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    /// <summary>A request to a service as a user.</summary>
    public async Task<HttpResponseMessage> Send(HttpMethod method, string service, string path, string? user, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Addresses[service], path));
        if (user != "nobody") request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await Token(user));
        if (body is string text) request.Content = new StringContent(text, Encoding.UTF8, "application/fhir+json");
        else if (body is not null) request.Content = JsonContent.Create(body);
        return await http.SendAsync(request);
    }

    /// <summary>The JSON that a service answers to a user.</summary>
    public async Task<JsonElement> Get(string service, string path, string? user)
    {
        using var answer = await Send(HttpMethod.Get, service, path, user);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Sends an HL7 v2 message over a socket and returns its acknowledgement.</summary>
    public async Task<string> SendV2(string message)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("localhost", Addresses["record-worker mllp"].Port);
        await client.GetStream().WriteAsync((byte[])[0x0B, .. Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r")), 0x1C, 0x0D]);
        var buffer = new byte[4096];
        var text = "";
        while (!text.Contains('\x1C', StringComparison.Ordinal)) text += Encoding.UTF8.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer));
        return text;
    }

    /// <summary>Asks again until the answer is there.</summary>
    public static async Task<T> Until<T>(Func<Task<T?>> ask, string what)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(90))
        {
            if (await ask() is { } answer) return answer;
            await Task.Delay(200);
        }

        throw new TimeoutException($"Not within 90 s: {what}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await Stop();
        process?.Dispose();
        http.Dispose();
        Directory.Delete(folder, true);
    }

    private void Hear(string? line, TaskCompletionSource<string> ready)
    {
        if (line is null) return;
        lock (said) said.AppendLine(line);
        if (line.StartsWith("ready", StringComparison.Ordinal)) ready.TrySetResult(line);
    }

    private static int? Parent(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"[,:] ([a-z\- ]+) ((?:http|tcp)://[^,\s]+)")]
    private static partial Regex Address();
}
