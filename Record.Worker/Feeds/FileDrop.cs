using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Record.Core.Feeds.Files;
using Record.Core.Organisations;

namespace Record.Worker.Feeds;

/// <summary>Where files are dropped.</summary>
public sealed class FileDropOptions
{
    /// <summary>A folder with one folder for each source that sends files, named by its code; none unless set.</summary>
    public string? Directory { get; init; }

    /// <summary>How often it is looked into; a file must stand unchanged from one look to the next. Two seconds unless set.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>
/// Takes files from a folder. A file that is still being written is not read: its name must not begin with a point or end in .tmp,
/// .part, .filepart or .writing, and its size and time must stand still between two looks. What was taken is moved to <c>done</c>
/// with a report beside it; a crash in between takes the file again, which changes nothing.
/// </summary>
public sealed partial class FileDrop(IOptions<FileDropOptions> options, CareSystem system, FileIntake intake, ILogger<FileDrop> logger) : BackgroundService
{
    private static readonly string[] Unfinished = [".tmp", ".part", ".filepart", ".writing", ".crdownload"];
    private readonly Dictionary<string, (long Size, DateTime Written)> seen = [];

    /// <summary>Looks once into every folder.</summary>
    /// <returns>How many files were taken.</returns>
    public async Task<int> LookOnce(CancellationToken cancellation)
    {
        var taken = 0;
        foreach (var source in system.Sources.Where(source => source.Protocol == "csv"))
        {
            var folder = new DirectoryInfo(Path.Combine(options.Value.Directory!, source.Code));
            if (!folder.Exists) continue;
            foreach (var file in folder.GetFiles().OrderBy(file => file.LastWriteTimeUtc).ThenBy(file => file.Name, StringComparer.Ordinal))
                if (StandsStill(file) && await Take(source, file, cancellation)) taken++;
        }

        return taken;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Value.Directory is not null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookOnce(stoppingToken);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NpgsqlException or TimeoutException)
            {
                LogFailed(problem.GetType().Name); // what is left is taken at the next look
            }

            await Task.Delay(options.Value.Look, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool StandsStill(FileInfo file)
    {
        if (file.Name.StartsWith('.') || Unfinished.Any(end => file.Name.EndsWith(end, StringComparison.OrdinalIgnoreCase))) return false;
        var now = (file.Length, file.LastWriteTimeUtc);
        var still = seen.TryGetValue(file.FullName, out var before) && before == now;
        seen[file.FullName] = now;
        return still;
    }

    private async Task<bool> Take(SourceSystem source, FileInfo file, CancellationToken cancellation)
    {
        var report = await intake.Take(source, await File.ReadAllBytesAsync(file.FullName, cancellation), cancellation);
        var done = Directory.CreateDirectory(Path.Combine(file.DirectoryName!, "done")).FullName;
        var kept = Path.Combine(done, file.Name);
        var said = report.TryGet(out var rows, out var error) ? JsonSerializer.Serialize(rows, JsonSerializerOptions.Web) : JsonSerializer.Serialize(new { error.Code, error.Detail }, JsonSerializerOptions.Web);
        await File.WriteAllTextAsync(kept + ".report.json", said, cancellation);
        File.Move(file.FullName, kept, true);
        seen.Remove(file.FullName);
        LogTaken(source.Code, rows?.Taken ?? 0, rows?.Refused.Count ?? 0);
        return true;
    }

    [LoggerMessage(1201, LogLevel.Information, "A file of {Source} was taken: {Taken} rows, {Refused} refused")]
    private partial void LogTaken(string source, int taken, int refused);

    [LoggerMessage(1202, LogLevel.Warning, "The folder of files could not be read ({Problem}); it is looked into again")]
    private partial void LogFailed(string problem);
}
