using System.Text;

namespace Record.Core.Feeds.Files;

/// <summary>One row of a file.</summary>
/// <param name="Line">Line of the file where it begins, from 1.</param>
/// <param name="Cells">Its cells, quotes resolved.</param>
/// <param name="Text">As it stands in the file, without its line end.</param>
public sealed record CsvRow(int Line, IReadOnlyList<string> Cells, string Text);

/// <summary>Cuts a file into rows (RFC 4180): cells in quotes may hold delimiters, quotes and line ends.</summary>
public static class CsvRows
{
    private const int LargestRow = 256 * 1024;

    /// <summary>The rows, the heading first; a row whose quotes do not close has no cells. Blank lines are passed over.</summary>
    public static IEnumerable<CsvRow> Read(string text, char delimiter)
    {
        var (at, line) = (text.StartsWith('\uFEFF') ? 1 : 0, 1);
        while (at < text.Length)
        {
            var (start, first) = (at, line);
            var cells = Row(text, delimiter, ref at, ref line);
            var row = text[start..at].TrimEnd('\r', '\n');
            if (row.Length > LargestRow) cells = [];
            if (row.Length > 0) yield return new(first, cells, row);
        }
    }

    private static List<string> Row(string text, char delimiter, ref int at, ref int line)
    {
        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        while (at < text.Length)
        {
            var letter = text[at++];
            if (letter == '\n') line++;
            if (quoted)
            {
                if (letter != '"') cell.Append(letter);
                else if (at < text.Length && text[at] == '"') cell.Append(text[at++]);
                else quoted = false;
            }
            else if (letter == '"' && cell.Length == 0) quoted = true;
            else if (letter == delimiter)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else if (letter == '\n') break;
            else if (letter == '\r')
            {
                if (at < text.Length && text[at] == '\n') continue;
                line++;
                break;
            }
            else cell.Append(letter);
        }

        cells.Add(cell.ToString());
        return quoted ? [] : cells;
    }
}
