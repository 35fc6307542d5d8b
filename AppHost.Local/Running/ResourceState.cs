using Aspire.Hosting.ApplicationModel;

namespace AppHost.Local.Running;

/// <summary>What a resource is doing, and the last lines it said.</summary>
internal sealed class ResourceState(Resource resource)
{
    private const int Kept = 200;
    private readonly Queue<string> lines = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Resource Resource => resource;

    public string Name => resource.Name;

    /// <summary>Waiting, Starting, Healthy, Unhealthy, Completed, Restarting, Stopped, Failed.</summary>
    public string State { get; set; } = "Waiting";

    public int Restarts { get; set; }

    public DateTimeOffset? Since { get; set; }

    /// <summary>Completes when it is healthy, or has ended well if it runs once.</summary>
    public Task Ready => ready.Task;

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines) return [.. lines];
        }
    }

    public string? Address => resource.Endpoints.Count > 0 && resource.Endpoints[0].Port is { } port ? $"{resource.Endpoints[0].UriScheme}://localhost:{port}" : null;

    public void SetReady() => ready.TrySetResult();

    public void Say(string line)
    {
        lock (lines)
        {
            lines.Enqueue(line);
            if (lines.Count > Kept) lines.Dequeue();
        }
    }

    public string Tail(int count) => string.Join('\n', Lines.TakeLast(count).Select(line => "  " + line));
}
