using System.IO.Compression;
using System.Text;
using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Evaluation;

/// <summary>A set of records of which it is known who is who, to measure linkage by.</summary>
/// <param name="Name">Name of the set.</param>
/// <param name="Subjects">The records.</param>
/// <param name="Truth">For each record the person it is.</param>
/// <param name="Groups">For each record the groups that results are told by, such as <c>sex: f</c>.</param>
public sealed record LinkageSet(string Name, IReadOnlyList<MatchSubject> Subjects, IReadOnlyList<string> Truth, IReadOnlyList<IReadOnlyList<string>> Groups)
{
    /// <summary>Reads CSV with a header line; columns are known by their customary names (<see cref="LinkageColumns"/>).</summary>
    /// <returns>The set; null if the file has no column that says who is who.</returns>
    public static LinkageSet? Read(string name, TextReader csv)
    {
        if (csv.ReadLine() is not { } header) return null;
        var columns = new LinkageColumns(Cells(header));
        if (!columns.KnowTruth) return null;
        var (subjects, truth, groups) = (new List<MatchSubject>(), new List<string>(), new List<IReadOnlyList<string>>());
        while (csv.ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            var row = Cells(line);
            subjects.Add(columns.Subject(row));
            truth.Add(columns.Person(row));
            groups.Add(columns.Groups(row));
        }

        return new(name, subjects, truth, groups);
    }

    /// <summary>Reads every labelled CSV file of a folder, of the archives in it, or of one file.</summary>
    public static IEnumerable<LinkageSet> ReadAll(string path)
    {
        IEnumerable<string> files = Directory.Exists(path) ? Directory.EnumerateFiles(path).Order(StringComparer.Ordinal) : [path];
        foreach (var file in files)
            if (file.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                using var archive = ZipFile.OpenRead(file);
                foreach (var entry in archive.Entries.Where(entry => entry.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)))
                {
                    using var reader = new StreamReader(entry.Open());
                    if (Read(Path.GetFileNameWithoutExtension(entry.Name), reader) is { } set) yield return set;
                }
            }
            else if (file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            {
                using var reader = File.OpenText(file);
                if (Read(Path.GetFileNameWithoutExtension(file), reader) is { } set) yield return set;
            }
    }

    // RFC 4180, one record a line.
    private static string[] Cells(string line)
    {
        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"') cell.Append(line[i++]);
            else if (line[i] == '"') quoted = !quoted;
            else if (line[i] == ',' && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else cell.Append(line[i]);
        cells.Add(cell.ToString().Trim());
        return [.. cells];
    }
}
