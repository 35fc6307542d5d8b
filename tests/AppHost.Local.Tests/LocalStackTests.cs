using System.Net;
using System.Net.Sockets;
using AppHost.Local.Model;
using AppHost.Local.Running;
using Aspire.Hosting;
using Testing;
using Xunit;

namespace AppHost.Local.Tests;

/// <summary>Each way in which a start can fail says what to do; a service that ends is started again.</summary>
public sealed class LocalStackTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mse-epr-local-").FullName;
    private readonly StringWriter output = new(), errors = new();

    public void Dispose()
    {
        Directory.Delete(folder, true);
        output.Dispose();
        errors.Dispose();
    }

    private LocalBuilder Builder(params string[] settings) => new(
        [$"--AppHost:Directory={Path.Combine(Checkout.Root, "AppHost")}", $"--Postgres:DataDirectory={Path.Combine(folder, "data")}", "--Ports:Base=0", .. settings]);

    private async Task<int> Run(LocalBuilder builder, CancellationToken cancellation = default)
    {
        await using var stack = new LocalStack(builder, TextWriter.Synchronized(output), TextWriter.Synchronized(errors));
        return await stack.Run(cancellation).WaitAsync(TimeSpan.FromSeconds(90), CancellationToken.None);
    }

    private static void AddSimulator(LocalBuilder builder, string health) => builder.AddProject("simulator", "../Simulator/Simulator.csproj", null)
        .WithEnvironment("Simulator__Enabled", "false").WithEnvironment("services__record-api__http__0", "http://localhost:1").WithEnvironment("services__record-worker__mllp__0", "tcp://localhost:1")
        .WithEnvironment("Identity__Issuer", "http://localhost:1").WithHttpEndpoint(name: "http").WithHttpHealthCheck(health);

    [Fact]
    public async Task A_resource_that_runs_once_and_fails_is_told_with_its_last_lines()
    {
        var builder = Builder();
        var migrations = builder.AddProject("record-migrations", "../Record.Migrations/Record.Migrations.csproj", null);
        builder.AddProject("simulator", "../Simulator/Simulator.csproj", null).WaitForCompletion(migrations);

        Assert.Equal(1, await Run(builder));

        Assert.Contains("record-migrations ended with exit code 2", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__record is missing", errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("ready", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_the_setting_that_changes_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var builder = Builder();
        builder.AddProject("simulator", "../Simulator/Simulator.csproj", null).WithHttpEndpoint(port: port, name: "http");

        Assert.Equal(1, await Run(builder));

        Assert.Contains($"Port {port} (simulator) is taken", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("--Ports:Base=", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_never_becomes_healthy_is_named()
    {
        var builder = Builder("--Local:HealthyWithin=00:00:05");
        AddSimulator(builder, "/nowhere");

        Assert.Equal(1, await Run(builder));

        Assert.Contains("simulator runs but has not become healthy within 5 s", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_stacks_on_the_same_data_do_not_run()
    {
        using var held = DataLock.Take(Path.Combine(folder, "data"));
        var builder = Builder();
        AddSimulator(builder, "/health");

        Assert.Equal(1, await Run(builder));

        Assert.Contains("Another stack is running", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_not_been_built_is_named()
    {
        var builder = Builder();
        builder.AddProject("nothing", "../Nothing/Nothing.csproj", null);

        Assert.Equal(1, await Run(builder));

        Assert.Contains("nothing has not been built", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_while_it_runs_ends_it_with_0_and_says_so()
    {
        var builder = Builder();
        AddSimulator(builder, "/health");
        using var stop = new CancellationTokenSource();
        var running = Run(builder, stop.Token);
        while (!output.ToString().Contains("ready", StringComparison.Ordinal)) await Task.Delay(100);

        await stop.CancelAsync();

        Assert.Equal(0, await running);
        Assert.Contains("simulator          Healthy", output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("stopped", output.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_kept_and_only_their_owner_reads_them()
    {
        var path = Path.Combine(folder, "secrets");

        var first = new Secrets(path).Get("a-password", () => "one");
        var second = new Secrets(path).Get("a-password", () => "two");

        Assert.Equal(("one", "one"), (first, second));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path + ".secrets.json"));
    }
}
