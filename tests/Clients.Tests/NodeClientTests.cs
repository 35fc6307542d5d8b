using System.Diagnostics;
using Testing;
using Xunit;

namespace Clients.Tests;

/// <summary>The clients' packages, as the lock beside the scripts names them. What is optional there is for telephones and left out of it.</summary>
public sealed class NodePackages : IAsyncLifetime
{
    public static string Folder { get; } = Path.Combine(Checkout.Root, "tests", "Clients.Tests", "Node");

    public async Task InitializeAsync()
    {
        var (code, said) = await Run("npm", new(), "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund");
        if (code != 0) throw new InvalidOperationException($"npm could not install what tests/Clients.Tests/Node names:\n{said}");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Runs a program beside the scripts to its end.</summary>
    public static async Task<(int Code, string Said)> Run(string program, Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(said));
    }
}

/// <summary>Programs in JavaScript work against the record: npm's fhirclient (SMART Health IT) and @medplum/core.</summary>
[Collection(Record.Name)]
public class NodeClientTests(RunningRecord record, NodePackages packages) : IClassFixture<NodePackages>
{
    [Theory]
    [InlineData("create")]
    [InlineData("read")]
    [InlineData("update")]
    [InlineData("patch")]
    [InlineData("delete")]
    [InlineData("search")]
    [InlineData("history")]
    [InlineData("transaction")]
    public Task The_client_of_SMART_Health_IT_does(string step) => Does("fhirclient", step);

    [Theory]
    [InlineData("create")]
    [InlineData("read")]
    [InlineData("update")]
    [InlineData("patch")]
    [InlineData("delete")]
    [InlineData("search")]
    [InlineData("history")]
    [InlineData("transaction")]
    public Task The_client_of_Medplum_does(string step) => Does("medplum", step);

    private async Task Does(string client, string step)
    {
        Assert.NotNull(packages);
        var (code, said) = await NodePackages.Run("node", new() { ["FHIR_BASE"] = record.Fhir.ToString(), ["FHIR_TOKEN"] = await record.Token() }, $"{client}.js", step);

        Assert.True(code == 0, said);
    }
}
