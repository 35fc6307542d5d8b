using System.Net;
using AppHost.Local.Postgres;
using Npgsql;

namespace Bench.Running;

/// <summary>
/// The product's services in Release, started as AppHost/Program.cs starts them: an embedded PostgreSQL that waits for the disk,
/// migrations, Identity and Record.Api, each as its own role. No simulator; the worker only where it is asked for.
/// </summary>
internal sealed class BenchStack : IAsyncDisposable
{
    private const string Password = "bench-only-password";

    private static readonly string[] Roles = ["record_api", "record_worker", "reporting", "identity"];

    private readonly string folder = Directory.CreateTempSubdirectory("mse-epr-bench-").FullName;
    private readonly List<Service> services = [];
    private EmbeddedPostgres? postgres;

    public Service Api => services[1];

    /// <summary>The worker, if it runs.</summary>
    public Service Worker => services[2];

    public IPEndPoint ApiAddress { get; } = new(IPAddress.Loopback, Free.Port());

    public IPEndPoint IdentityAddress { get; } = new(IPAddress.Loopback, Free.Port());

    /// <summary>Id of the worker's process, if it runs.</summary>
    public int? WorkerId => services.Count > 2 ? services[2].Id : null;

    /// <summary>Where the worker listens for HL7 v2, if it runs.</summary>
    public int MllpPort { get; } = Free.Port();

    /// <summary>The owner's connection to the record.</summary>
    public string Owner { get; private set; } = "";

    /// <summary>Process id of PostgreSQL's first process.</summary>
    public int PostgresId { get; private set; }

    public static async Task<BenchStack> Start(bool withWorker, CancellationToken cancellation)
    {
        var stack = new BenchStack();
        try
        {
            await stack.StartPostgres(cancellation);
            await stack.StartServices(withWorker);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>A service's connection to the record.</summary>
    public string As(string role) => Environment(role)["ConnectionStrings__record"];

    /// <summary>Runs a command of a service to its end.</summary>
    public Task<double> Command(string project, string role, Action<string> told, params string[] arguments) => Service.Finish(project, Assembly(project), Environment(role), told, arguments);

    /// <summary>A database of its own on the same server.</summary>
    public async Task<string> CreateDatabase(string name, CancellationToken cancellation)
    {
        await postgres!.CreateDatabase(name, cancellation);
        return new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>A service of this program's own that is set up as Record.Api is.</summary>
    public async Task<(Service Service, IPEndPoint Address)> StartBeside(string name)
    {
        var address = new IPEndPoint(IPAddress.Loopback, Free.Port());
        var environment = ApiEnvironment("Record.Api", "record_api", address);
        environment["DOTNET_GCLOHThreshold"] = "400000"; // as Record.Api's runtimeconfig.template.json has it, in hexadecimal
        environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        var service = await Service.Start(name, typeof(BenchStack).Assembly.Location, [name], environment, new Uri($"http://{address}/health"));
        services.Add(service);
        return (service, address);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in Enumerable.Reverse(services)) await service.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        if (postgres is not null) await postgres.DisposeAsync();
        Directory.Delete(folder, true);
    }

    private async Task StartPostgres(CancellationToken cancellation)
    {
        if (OperatingSystem.IsLinux()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101); // PostgreSQL's user passes through
        var data = Path.Combine(folder, "data");
        postgres = await EmbeddedPostgres.Start(new(data, Free.Port(), Password), _ => { }, cancellation);
        Owner = await CreateDatabase("record", cancellation);
        PostgresId = int.Parse(File.ReadLines(Path.Combine(data, "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task StartServices(bool withWorker)
    {
        var migrations = Environment("postgres");
        migrations["ConnectionStrings__record"] = Owner;
        foreach (var role in Roles) migrations[$"Roles__{role}"] = Password;
        await Service.Finish("Record.Migrations", Assembly("Record.Migrations"), migrations);
        await Web("Identity", "identity", IdentityAddress);
        await Web("Record.Api", "record_api", ApiAddress);
        if (withWorker) await Web("Record.Worker", "record_worker", new(IPAddress.Loopback, Free.Port()));
    }

    private async Task Web(string project, string role, IPEndPoint address)
    {
        var environment = ApiEnvironment(project, role, address);
        services.Add(await Service.Start(project, Assembly(project), [], environment, new Uri($"http://{address}/health")));
    }

    private Dictionary<string, string> ApiEnvironment(string project, string role, IPEndPoint address)
    {
        var environment = Environment(role);
        environment["ASPNETCORE_ENVIRONMENT"] = "Development"; // whose accounts and tokens the caller uses
        environment["ASPNETCORE_URLS"] = $"http://{address}";
        environment["Identity__Issuer"] = $"http://{IdentityAddress}";
        if (project == "Record.Worker") environment["Mllp__Port"] = $"{MllpPort}";
        return environment;
    }

    // What AppHost/Program.cs gives each service.
    private Dictionary<string, string> Environment(string role)
    {
        var server = new NpgsqlConnectionStringBuilder(Owner);
        return new()
        {
            ["Config__Directory"] = Path.Combine(Checkout.Root, "config"),
            ["ConnectionStrings__record"] = $"Host={server.Host};Port={server.Port};Database=record;Username={role};Password={Password};Connection Idle Lifetime=10;Connection Pruning Interval=5",
        };
    }

    private static string Assembly(string project)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)); // bin/Release/net10.0
        return Path.Combine(Checkout.Root, project, "bin", output.Parent!.Name, output.Name, $"{project}.dll");
    }
}
