using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AppHost.Local.Postgres;

namespace AppHost.Local.Model;

/// <summary>Where this checkout's database and secrets live.</summary>
internal static class DataFolder
{
    /// <summary><c>Postgres:DataDirectory</c>, or a folder of our own keyed by the checkout's path.</summary>
    public static string Of(LocalBuilder builder)
    {
        if (builder.Configuration["Postgres:DataDirectory"] is { Length: > 0 } given) return Path.GetFullPath(given);
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(builder.AppHostDirectory)))[..12];
        return Path.Combine(PostgresBinaries.Home, "data", key);
    }
}

/// <summary>Generated passwords, kept beside the data so that a second start finds them. Readable by their owner alone.</summary>
internal sealed class Secrets(string dataFolder)
{
    private readonly string path = dataFolder + ".secrets.json";
    private Dictionary<string, string>? values;

    public string Get(string name, Func<string> make)
    {
        values ??= File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path))! : [];
        if (values.TryGetValue(name, out var value)) return value;
        values[name] = value = make();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        JsonSerializer.Serialize(file, values);
        return value;
    }
}
