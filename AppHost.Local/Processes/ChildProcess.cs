using System.Diagnostics;

namespace AppHost.Local.Processes;

/// <summary>How a child is started.</summary>
/// <param name="Command">The program, found on PATH or by path.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="WorkingDirectory">Where it runs.</param>
/// <param name="Environment">Variables added to ours.</param>
/// <param name="StopSignal">The signal that asks it to end: <c>TERM</c>, or <c>INT</c> for PostgreSQL's fast stop.</param>
/// <param name="User">As root: the user to run as.</param>
public sealed record ChildStart(
    string Command, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment,
    string StopSignal = "TERM", string? User = null);

/// <summary>
/// A child in a session of its own, so that Ctrl-C reaches only us and we end the children in order. A watcher beside it
/// reads a pipe that closes when we die, whatever the way, and then ends the whole session: no process is left behind.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    // $1 signal, $2 the child, which leads its session. The pipe is the watcher's stdin.
    private const string Watching = """
        trap '' TERM INT HUP
        cat >/dev/null
        kill -s "$1" "$2" 2>/dev/null
        n=0; while [ $n -lt 100 ] && kill -0 "$2" 2>/dev/null; do sleep 0.1; n=$((n+1)); done
        kill -s KILL -- "-$2" 2>/dev/null
        """;

    private readonly Process process;
    private readonly Process watcher;
    private readonly string signal;
    private int disposed;

    private ChildProcess(Process process, Process watcher, string signal) => (this.process, this.watcher, this.signal) = (process, watcher, signal);

    /// <summary>Completes with the exit code when the child has ended.</summary>
    public Task<int> Exited => WaitForExit();

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Process id of the session's leader.</summary>
    public int Id => process.Id;

    /// <summary>Starts a child; each line it prints goes to <paramref name="output"/>.</summary>
    public static ChildProcess Start(ChildStart start, Action<string> output)
    {
        string[] user = start.User is null ? [] : ["setpriv", $"--reuid={start.User}", $"--regid={start.User}", "--clear-groups", "--"];
        var info = new ProcessStartInfo("setsid", [.. user, start.Command, .. start.Arguments])
        {
            WorkingDirectory = start.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in start.Environment) info.Environment[name] = value;

        var process = new Process { StartInfo = info };
        process.OutputDataReceived += (_, line) => Tell(line.Data);
        process.ErrorDataReceived += (_, line) => Tell(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process, Watch(process.Id, start.StopSignal), start.StopSignal);

        void Tell(string? line)
        {
            if (line is not null) output(line);
        }
    }

    private static Process Watch(int child, string signal)
    {
        var id = child.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Watching, "sh", signal, id]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>Asks the child to end; after <paramref name="patience"/> its whole session is killed.</summary>
    public async Task Stop(TimeSpan patience)
    {
        if (!process.HasExited)
        {
            await Kill(signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            using var limit = new CancellationTokenSource(patience);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Kill("KILL", $"-{process.Id}"); // grandchildren
        if (!watcher.HasExited) await Kill("KILL", $"-{watcher.Id}");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1) return;
        await Stop(TimeSpan.FromSeconds(15));
        process.Dispose();
        watcher.Dispose();
    }

    private async Task<int> WaitForExit()
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static async Task Kill(string signal, string target)
    {
        using var kill = Process.Start(new ProcessStartInfo("/bin/kill", ["-s", signal, "--", target]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        await kill.WaitForExitAsync();
    }
}
