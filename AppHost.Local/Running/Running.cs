using AppHost.Local.Postgres;
using AppHost.Local.Processes;
using Aspire.Hosting.ApplicationModel;

namespace AppHost.Local.Running;

/// <summary>Something that runs now. Disposing it ends it.</summary>
internal interface IRunning : IAsyncDisposable
{
    /// <summary>Completes with the exit code.</summary>
    Task<int> Exited { get; }
}

/// <summary>A service as a process.</summary>
internal sealed class RunningProject(ChildProcess process) : IRunning
{
    public Task<int> Exited { get; } = process.Exited;

    public ValueTask DisposeAsync() => process.DisposeAsync();
}

/// <summary>The embedded PostgreSQL with the databases described.</summary>
internal sealed class RunningPostgres(EmbeddedPostgres server) : IRunning
{
    public Task<int> Exited { get; } = server.Exited;

    public static async Task<RunningPostgres> Start(PostgresServerResource resource, string folder, Action<string> say, CancellationToken cancellation)
    {
        var password = await resource.Password.GetValueAsync(cancellation);
        var options = new EmbeddedPostgresOptions(folder, resource.Endpoint("tcp").Port!.Value, password!);
        var server = await EmbeddedPostgres.Start(options, say, cancellation);
        foreach (var database in resource.Databases) await server.CreateDatabase(database, cancellation);
        return new(server);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}

/// <summary>How a project is started: what the AppHost's own build has built, without building again.</summary>
internal static class Projects
{
    public static async Task<ChildStart> StartOf(ProjectResource project, string environment, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(project.ProjectPath)!;
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)); // bin/Debug/net10.0
        var library = Path.Combine(folder, "bin", output.Parent!.Name, output.Name, Path.GetFileNameWithoutExtension(project.ProjectPath) + ".dll");
        if (!File.Exists(library)) throw new LocalHostException($"{project.Name} has not been built ({library} is missing). Run: dotnet build {project.ProjectPath}");
        var variables = new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = environment,
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_GCConserveMemory"] = "7", // seven services share a laptop
            ["DOTNET_TieredPGO"] = "0",
            ["DOTNET_NOLOGO"] = "1",
            ["Logging__Console__FormatterName"] = "simple",
            ["Logging__Console__FormatterOptions__SingleLine"] = "true",
        };
        var http = project.Endpoints.Where(endpoint => endpoint.UriScheme is "http").ToList();
        if (http.Count > 0) variables["ASPNETCORE_URLS"] = string.Join(';', http.Select(endpoint => $"http://localhost:{endpoint.Port}"));
        foreach (var endpoint in project.Endpoints.Where(endpoint => endpoint.Variable is not null)) variables[endpoint.Variable!] = endpoint.Port!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var set in project.Environment) await set(variables, cancellation);
        return new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [library], folder, variables);
    }
}
