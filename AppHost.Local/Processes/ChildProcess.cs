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
    // $1 signal, rest the command. The child gets no stdin; the watcher holds ours.
    private const string Watched = """
        signal=$1; shift
        exec 3<&0
        "$@" 3<&- </dev/null &
        child=$!
        trap 'kill -s "$signal" $child 2>/dev/null' TERM INT
        ( trap '' TERM INT; cat >/dev/null; kill -s "$signal" $child 2>/dev/null; n=0; while [ $n -lt 100 ] && kill -0 $child 2>/dev/null; do sleep 0.1; n=$((n+1)); done; kill -s KILL -- -$$ 2>/dev/null ) <&3 3<&- >/dev/null 2>&1 &
        exec 3<&-
        while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
        exit $code
        """;

    private readonly Process process;
    private readonly string signal;

    private ChildProcess(Process process, string signal) => (this.process, this.signal) = (process, signal);

    /// <summary>Completes with the exit code when the child has ended.</summary>
    public Task<int> Exited => WaitForExit();

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Process id of the session's leader.</summary>
    public int Id => process.Id;

    /// <summary>Starts a child; each line it prints goes to <paramref name="output"/>.</summary>
    public static ChildProcess Start(ChildStart start, Action<string> output)
    {
        var info = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = start.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] user = start.User is null ? [] : ["setpriv", $"--reuid={start.User}", $"--regid={start.User}", "--clear-groups", "--"];
        foreach (var argument in (string[])[.. user, "sh", "-c", Watched, "sh", start.StopSignal, start.Command, .. start.Arguments])
            info.ArgumentList.Add(argument);
        foreach (var (name, value) in start.Environment) info.Environment[name] = value;

        var process = new Process { StartInfo = info };
        process.OutputDataReceived += (_, line) => Tell(line.Data);
        process.ErrorDataReceived += (_, line) => Tell(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process, start.StopSignal);

        void Tell(string? line)
        {
            if (line is not null) output(line);
        }
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

        await Kill("KILL", $"-{process.Id}"); // grandchildren and the watcher
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stop(TimeSpan.FromSeconds(5));
        process.Dispose();
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
