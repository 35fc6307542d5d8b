using System.Diagnostics;
using AppHost.Local.Model;
using AppHost.Local.Processes;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace AppHost.Local.Running;

/// <summary>The life of one resource: waits, starts, becomes healthy, is restarted when it ends, is stopped after those that need it.</summary>
internal sealed class ResourceRun(ResourceState state, LocalStack stack, LocalBuilder builder)
{
    private const int AttemptsToStart = 5;
    private readonly TimeSpan healthyWithin = builder.Configuration.GetValue("Local:HealthyWithin", TimeSpan.FromSeconds(120));
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task Run(CancellationToken stopping)
    {
        Stopping.Of(state, stopped.Task);
        try
        {
            foreach (var (resource, _) in state.Resource.Waits) await stack.Of(resource).Ready.WaitAsync(stopping);
            await Live(stopping);
        }
        finally
        {
            stopped.TrySetResult();
        }
    }

    private async Task Live(CancellationToken stopping)
    {
        var wait = TimeSpan.FromSeconds(1);
        while (!stopping.IsCancellationRequested)
        {
            state.State = "Starting";
            await using var process = await TryStart(stopping);
            if (process is null) continue;
            if (stack.RunsOnce(state.Resource))
            {
                await Complete(process, stopping);
                return;
            }

            var healthy = await BecomeHealthy(process, stopping);
            if (healthy)
            {
                (state.State, wait) = ("Healthy", TimeSpan.FromSeconds(1));
                stack.Announce(state);
                state.SetReady();
                await Watch(process, stopping);
            }

            if (stopping.IsCancellationRequested)
            {
                await End(process);
                return;
            }

            state.Restarts++;
            if (!state.Ready.IsCompleted && state.Restarts >= AttemptsToStart) throw Failed($"{state.Name} ended {AttemptsToStart} times before it was healthy.");
            state.State = "Restarting";
            stack.Announce(state);
            await Task.Delay(wait, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    // What cannot be started again after it ran is tried again; at the first start it ends the stack with its message.
    private async Task<IRunning?> TryStart(CancellationToken stopping)
    {
        try
        {
            return await Start(stopping);
        }
        catch (LocalHostException problem) when (state.Ready.IsCompleted)
        {
            stack.Say(state, problem.Message);
            await Task.Delay(TimeSpan.FromSeconds(5), stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        }
    }

    private async Task<IRunning> Start(CancellationToken stopping)
    {
        if (state.Resource is PostgresServerResource server) return await RunningPostgres.Start(server, DataFolder.Of(builder), line => stack.Say(state, line), stopping);
        var project = (ProjectResource)state.Resource;
        return new RunningProject(ChildProcess.Start(await Projects.StartOf(project, builder.Environment.EnvironmentName, stopping), line => stack.Say(state, line)));
    }

    private async Task Complete(IRunning process, CancellationToken stopping)
    {
        var code = await process.Exited.WaitAsync(stopping);
        if (code != 0) throw Failed($"{state.Name} ended with exit code {code}.");
        state.State = "Completed";
        stack.Announce(state);
        state.SetReady();
    }

    private async Task<bool> BecomeHealthy(IRunning process, CancellationToken stopping)
    {
        var started = Stopwatch.StartNew();
        while (!process.Exited.IsCompleted && !stopping.IsCancellationRequested)
        {
            if (await IsHealthy(stopping)) return true;
            if (started.Elapsed > healthyWithin && state.Ready.IsCompleted) return false; // it was well once: try again
            if (started.Elapsed > healthyWithin)
                throw Failed($"{state.Name} runs but has not become healthy within {healthyWithin.TotalSeconds:0} s ({state.Address}{state.Resource.HealthPath} does not answer {state.Resource.HealthStatus}).");
            await Task.Delay(100, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }

    private async Task Watch(IRunning process, CancellationToken stopping)
    {
        while (!process.Exited.IsCompleted && !stopping.IsCancellationRequested)
        {
            await Task.WhenAny(process.Exited, Task.Delay(TimeSpan.FromSeconds(5), stopping));
            if (!process.Exited.IsCompleted && !stopping.IsCancellationRequested) state.State = await IsHealthy(stopping) ? "Healthy" : "Unhealthy";
        }
    }

    private async Task<bool> IsHealthy(CancellationToken stopping)
    {
        if (state.Resource.HealthPath is not { } path) return true;
        try
        {
            using var answer = await Http.GetAsync(state.Address + path, stopping);
            return (int)answer.StatusCode == state.Resource.HealthStatus;
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    // A database outlives the services that use it.
    private async Task End(IRunning process)
    {
        await Task.WhenAll(stack.Dependants(state.Resource).Select(Stopping.Of));
        await process.DisposeAsync();
        state.State = "Stopped";
    }

    private LocalHostException Failed(string what)
    {
        state.State = "Failed";
        return new LocalHostException($"{what} The last lines it said:\n{state.Tail(15)}");
    }
}

/// <summary>When each resource has ended.</summary>
internal static class Stopping
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<ResourceState, Task> Ends = [];

    public static void Of(ResourceState state, Task ended) => Ends.AddOrUpdate(state, ended);

    public static Task Of(ResourceState state) => Ends.TryGetValue(state, out var ended) ? ended : Task.CompletedTask;
}
