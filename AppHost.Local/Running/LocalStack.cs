using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using AppHost.Local.Model;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace AppHost.Local.Running;

/// <summary>Runs a described stack on plain processes: in order of dependency, gated on health, restarted when one ends, stopped as one.</summary>
internal sealed class LocalStack(LocalBuilder builder, TextWriter output, TextWriter errors) : IAsyncDisposable
{
    private readonly List<ResourceState> states = [.. builder.Resources.Where(resource => resource is ProjectResource or PostgresServerResource).Select(resource => new ResourceState(resource))];
    private readonly CancellationTokenSource stopping = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock printing = new();
    private StatusPage? page;
    private FileStream? held;

    /// <summary>Every resource and what it does.</summary>
    public IReadOnlyList<ResourceState> States => states;

    /// <summary>Starts everything, waits for the end, stops everything. 0, or 1 if the start failed.</summary>
    public async Task<int> Run(CancellationToken cancellation)
    {
        using var ended = cancellation.Register(stopping.Cancel);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        var running = new List<Task>();
        var code = 0;
        try
        {
            held = DataLock.Take(DataFolder.Of(builder));
            Ports.Assign(builder.Resources, builder.Configuration.GetValue("Ports:Base", 5080));
            page = await StatusPage.Start(this, builder.Configuration.GetValue("Ports:Base", 5080), stopping.Token);
            running.AddRange(states.Select(Supervise));
            await WhenReady(running);
            Print($"ready after {clock.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s: {Addresses()}");
            await Task.Delay(Timeout.Infinite, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (LocalHostException problem)
        {
            await errors.WriteLineAsync(problem.Message);
            code = 1;
        }
        catch (OperationCanceledException)
        {
            // stopped while it started
        }

        await stopping.CancelAsync();
        try
        {
            await Task.WhenAll(running);
        }
        catch (Exception problem) when (problem is OperationCanceledException or LocalHostException)
        {
            // said above, or stopping
        }

        Print("stopped");
        return code;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (page is not null) await page.DisposeAsync();
        if (held is not null) await held.DisposeAsync();
        stopping.Dispose();
    }

    /// <summary>What a resource says, to its page and, with its name before it, to the console's second stream.</summary>
    internal void Say(ResourceState state, string line)
    {
        state.Say(line);
        lock (printing) errors.WriteLine($"[{state.Name}] {line}");
    }

    internal void Announce(ResourceState state)
    {
        state.Since = TimeProvider.System.GetLocalNow();
        Print($"{state.Name,-18} {state.State,-10} {state.Address,-24} {clock.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s".TrimEnd());
    }

    private void Print(string line)
    {
        lock (printing)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stopping.Cancel();
    }

    private Task Supervise(ResourceState state) => new ResourceRun(state, this, builder).Run(stopping.Token);

    // Whatever fails while the stack starts is told at once; nothing else has to be waited for.
    private async Task WhenReady(List<Task> running)
    {
        var ready = Task.WhenAll(states.Select(state => state.Ready)).WaitAsync(stopping.Token);
        var left = new List<Task>(running);
        while (!ready.IsCompleted)
        {
            var first = await Task.WhenAny([ready, .. left]);
            await first;
            left.Remove(first);
        }

        await ready;
    }

    private string Addresses() => string.Join(", ", new[] { $"status page {page!.Address}" }
        .Concat(states.Where(state => state.Resource is ProjectResource).SelectMany(state => state.Resource.Endpoints.Select(endpoint =>
            $"{state.Name}{(endpoint.Name == "http" ? "" : " " + endpoint.Name)} {endpoint.UriScheme}://localhost:{endpoint.Port}"))));

    /// <summary>The state of another resource.</summary>
    internal ResourceState Of(Resource resource) => states.First(state => state.Resource == resource);

    /// <summary>Whether others wait for its end: then it runs once.</summary>
    internal bool RunsOnce(Resource resource) => states.Any(state => state.Resource.Waits.Any(wait => wait.Completion && wait.Resource == resource));

    /// <summary>Those that wait for it: they end before it does.</summary>
    internal IEnumerable<ResourceState> Dependants(Resource resource) => states.Where(state => state.Resource.Waits.Any(wait => wait.Resource == resource));
}
