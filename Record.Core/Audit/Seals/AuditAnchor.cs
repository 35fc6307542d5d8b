using System.Globalization;
using System.Text.Json;

namespace Record.Core.Audit.Seals;

/// <summary>Heads of the chain of seals kept outside the database: one small file each, never overwritten.</summary>
/// <param name="Block">The block.</param>
/// <param name="Head">Its head, in hexadecimal.</param>
/// <param name="At">When it was kept.</param>
public sealed record AuditAnchor(long Block, string Head, DateTimeOffset At)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Keeps it in a folder.</summary>
    internal async Task Keep(string folder, CancellationToken cancellation)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, string.Create(CultureInfo.InvariantCulture, $"audit-anchor-{Block:D12}.json"));
        if (File.Exists(path)) return;
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        await JsonSerializer.SerializeAsync(file, this, Json, cancellation);
        file.Flush(flushToDisk: true);
    }

    /// <summary>All that a folder has, by block.</summary>
    /// <exception cref="InvalidDataException">A file is not an anchor.</exception>
    internal static async Task<IReadOnlyList<AuditAnchor>> In(string? folder, CancellationToken cancellation)
    {
        if (folder is null || !Directory.Exists(folder)) return [];
        var anchors = new List<AuditAnchor>();
        foreach (var path in Directory.EnumerateFiles(folder, "audit-anchor-*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                anchors.Add(JsonSerializer.Deserialize<AuditAnchor>(await File.ReadAllBytesAsync(path, cancellation), Json) ?? throw new JsonException());
            }
            catch (JsonException)
            {
                throw new InvalidDataException($"{Path.GetFileName(path)} is not an anchor of the audit.");
            }
        }

        return [.. anchors.OrderBy(anchor => anchor.Block)];
    }
}
