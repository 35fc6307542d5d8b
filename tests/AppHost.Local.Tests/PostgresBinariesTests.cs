using AppHost.Local.Postgres;
using Xunit;

namespace AppHost.Local.Tests;

/// <summary>What cannot be installed says what to do.</summary>
public sealed class PostgresBinariesTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("mse-epr-home-").FullName;

    public void Dispose() => Directory.Delete(home, true);

    [Fact]
    public async Task Without_npm_the_message_names_what_to_install()
    {
        var problem = await Assert.ThrowsAsync<LocalHostException>(() => PostgresBinaries.Install(home, "npm-is-not-here", CancellationToken.None));

        Assert.Contains("Install Node.js 20", problem.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__record", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_npm_cannot_reach_its_packages_the_message_names_the_proxy()
    {
        var refusing = Path.Combine(home, "npm");
        await File.WriteAllTextAsync(refusing, "#!/bin/sh\necho 'npm error ECONNREFUSED proxy' >&2\nexit 1\n");
        File.SetUnixFileMode(refusing, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var problem = await Assert.ThrowsAsync<LocalHostException>(() => PostgresBinaries.Install(home, refusing, CancellationToken.None));

        Assert.Contains("npm config set proxy", problem.Message, StringComparison.Ordinal);
        Assert.Contains("ECONNREFUSED", problem.Message, StringComparison.Ordinal);
    }
}
