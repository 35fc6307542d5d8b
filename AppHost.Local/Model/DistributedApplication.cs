using AppHost.Local.Model;
using AppHost.Local.Running;

namespace Aspire.Hosting;

/// <summary>A stack that can be run.</summary>
public sealed class DistributedApplication
{
    private readonly LocalBuilder builder;

    internal DistributedApplication(LocalBuilder builder) => this.builder = builder;

    /// <summary>Describes a stack.</summary>
    /// <param name="args">Settings as <c>--Key=value</c>.</param>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new LocalBuilder(args);

    /// <summary>Runs it until Ctrl-C or SIGTERM. A start that fails says why and sets the exit code to 1.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs it until Ctrl-C, SIGTERM or the token.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await using var stack = new LocalStack(builder, Console.Out, Console.Error);
        Environment.ExitCode = await stack.Run(cancellationToken);
    }
}
