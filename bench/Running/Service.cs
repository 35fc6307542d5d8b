using AppHost.Local.Processes;

namespace Bench.Running;

/// <summary>One of the product's services, or of our own, as a process.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly Queue<string> lines = new();
    private readonly ChildProcess process;
    private readonly string name;
    private Action<string> told = _ => { };

    private Service(string name, string assembly, IReadOnlyList<string> arguments, Dictionary<string, string> environment) =>
        (this.name, process) = (name, ChildProcess.Start(new("dotnet", [assembly, .. arguments], Path.GetDirectoryName(assembly)!, environment), Hear));

    public int Id => process.Id;

    /// <summary>The last that it said.</summary>
    public string Said
    {
        get
        {
            lock (lines) return $"{name} said:\n  {string.Join("\n  ", lines)}";
        }
    }

    /// <summary>Runs a program to its end.</summary>
    public static Task Finish(string name, string assembly, Dictionary<string, string> environment) => Finish(name, assembly, environment, _ => { }, []);

    /// <summary>Runs a program to its end and hears what it says.</summary>
    /// <returns>Its resident set at its highest, in MB.</returns>
    public static async Task<double> Finish(string name, string assembly, Dictionary<string, string> environment, Action<string> told, IReadOnlyList<string> arguments)
    {
        await using var service = new Service(name, assembly, arguments, environment) { told = told };
        var (highest, exited) = (0.0, service.process.Exited);
        while (await Task.WhenAny(exited, Task.Delay(1000)) != exited) highest = Math.Max(highest, Machine.Resident(service.Id).Highest);
        return await exited == 0 ? highest : throw new InvalidOperationException($"{name} failed. {service.Said}");
    }

    /// <summary>Starts a web service and waits until it is healthy.</summary>
    public static async Task<Service> Start(string name, string assembly, IReadOnlyList<string> arguments, Dictionary<string, string> environment, Uri health)
    {
        var service = new Service(name, assembly, arguments, environment);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var attempt = 0; attempt < 600; attempt++)
        {
            if (service.process.HasExited) break;
            if (await Answers(http, health)) return service;
            await Task.Delay(100);
        }

        await service.DisposeAsync();
        throw new InvalidOperationException($"{name} did not start. {service.Said}");
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static async Task<bool> Answers(HttpClient http, Uri health)
    {
        try
        {
            using var answer = await http.GetAsync(health);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    private void Hear(string line)
    {
        told(line);
        lock (lines)
        {
            lines.Enqueue(line);
            if (lines.Count > 30) lines.Dequeue();
        }
    }
}
