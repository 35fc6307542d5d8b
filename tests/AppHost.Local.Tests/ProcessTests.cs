using System.Diagnostics;
using AppHost.Local.Processes;
using Xunit;

namespace AppHost.Local.Tests;

/// <summary>A child is ended with everything it has started, whatever way its parent goes: DESIGN section 10.</summary>
public class ProcessTests
{
    private static ChildStart Shell(string script) => new("sh", ["-c", script], Path.GetTempPath(), new Dictionary<string, string> { ["services__a-b__http__0"] = "kept" });

    [Fact]
    public async Task Stopping_ends_grandchildren_too()
    {
        var line = new TaskCompletionSource<string>();
        await using var child = ChildProcess.Start(Shell("sleep 300 & echo $!; wait"), text => line.TrySetResult(text));
        var grandchild = int.Parse(await line.Task.WaitAsync(TimeSpan.FromSeconds(10)), null);

        await child.Stop(TimeSpan.FromSeconds(5));

        Assert.True(child.HasExited);
        await Task.Delay(200);
        Assert.False(Runs(grandchild));
    }

    [Fact]
    public async Task One_that_does_not_listen_is_killed()
    {
        await using var child = ChildProcess.Start(Shell("trap '' TERM; while true; do sleep 1; done"), _ => { });
        await Task.Delay(300);

        await child.Stop(TimeSpan.FromSeconds(1));

        Assert.True(child.HasExited);
    }

    [Fact]
    public async Task Names_with_hyphens_reach_the_child()
    {
        var line = new TaskCompletionSource<string>();
        await using var child = ChildProcess.Start(new("env", [], Path.GetTempPath(), new Dictionary<string, string> { ["services__a-b__http__0"] = "kept" }), text =>
        {
            if (text.StartsWith("services__a-b", StringComparison.Ordinal)) line.TrySetResult(text);
        });

        Assert.Equal("services__a-b__http__0=kept", await line.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task The_exit_code_is_told()
    {
        await using var child = ChildProcess.Start(Shell("exit 7"), _ => { });

        Assert.Equal(7, await child.Exited.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    private static bool Runs(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is ArgumentException or IOException)
        {
            return false;
        }
    }
}
