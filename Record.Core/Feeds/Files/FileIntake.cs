using System.Text;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Files;

/// <summary>A row that was refused.</summary>
public sealed record RefusedRow(int Line, IReadOnlyList<RowFault> Faults);

/// <summary>What became of a file.</summary>
/// <param name="Rows">Rows below the heading.</param>
/// <param name="Taken">Rows that are stored and will be mapped.</param>
/// <param name="Repeated">Rows that had come before, unchanged.</param>
/// <param name="Refused">Rows that are wrong, by line and column; the first thousand.</param>
public sealed record FileReport(int Rows, int Taken, int Repeated, IReadOnlyList<RefusedRow> Refused);

/// <summary>Takes files: each row is a message of its own, stored before it is counted. A bad row keeps no other out.</summary>
public sealed class FileIntake(Inbox inbox, TimeProvider clock)
{
    private const int MostReported = 1000, AtOnce = 256;

    /// <summary>Takes a file, or says why it is none.</summary>
    public async Task<Result<FileReport>> Take(SourceSystem source, ReadOnlyMemory<byte> file, CancellationToken cancellation)
    {
        if (source.Protocol != "csv" || source.File is not { } mapping) return FeedErrors.NoFiles;
        if (!TryDecode(file.Span, mapping.Encoding, out var text)) return FeedErrors.BadFile("The file is not written in the configured encoding.");
        using var rows = CsvRows.Read(text, mapping.Delimiter[0]).GetEnumerator();
        if (!rows.MoveNext()) return FeedErrors.BadFile("The file is empty.");
        var heading = rows.Current;
        var missing = mapping.Columns.Values.Where(column => !heading.Cells.Any(cell => string.Equals(cell.Trim(), column, StringComparison.OrdinalIgnoreCase))).ToList();
        if (missing.Count > 0) return FeedErrors.BadFile($"Line 1: the heading has no column {string.Join(", ", missing)}.");
        var (count, taken, repeated, refused) = (0, 0, 0, new List<RefusedRow>());
        foreach (var chunk in Below(rows).Chunk(AtOnce))
        {
            var judged = chunk.Select(row => (row.Line, Judged: FileRow.Judge(source, heading, row, clock.GetUtcNow()))).ToList();
            var receipts = await Task.WhenAll(judged.Select(row => inbox.Receive(row.Judged.Arrival, cancellation)));
            for (var i = 0; i < receipts.Length; i++)
            {
                count++;
                if (judged[i].Judged.Faults.Count > 0)
                {
                    if (refused.Count < MostReported) refused.Add(new(judged[i].Line, judged[i].Judged.Faults));
                }
                else if (receipts[i].Duplicate) repeated++;
                else taken++;
            }
        }

        return new FileReport(count, taken, repeated, refused);
    }

    private static IEnumerable<CsvRow> Below(IEnumerator<CsvRow> rows)
    {
        while (rows.MoveNext()) yield return rows.Current;
    }

    private static bool TryDecode(ReadOnlySpan<byte> file, string name, out string text)
    {
        text = "";
        if (name == "windows-1252")
        {
            text = CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetString(file);
            return true;
        }

        if (!System.Text.Unicode.Utf8.IsValid(file)) return false;
        text = Encoding.UTF8.GetString(file);
        return true;
    }
}
