namespace Record.Core.Audit.Seals;

/// <summary>Compares rows with their seals.</summary>
internal static class SealedRows
{
    /// <summary>The first row that is not what its seal says; null if all are.</summary>
    /// <param name="seals">Blocks that follow each other, each with its window.</param>
    /// <param name="rows">All rows of their windows, by id.</param>
    public static AuditFault? Fault(IReadOnlyList<AuditSeal> seals, IReadOnlyList<AuditRecord> rows)
    {
        var windows = seals.Select(_ => new List<AuditRecord>()).ToList();
        foreach (var row in rows) windows[Window(seals, row.Transaction)].Add(row);
        return seals.Zip(windows).Select(pair => Fault(pair.First, pair.Second)).FirstOrDefault(fault => fault is not null);
    }

    private static int Window(IReadOnlyList<AuditSeal> seals, long transaction)
    {
        var (low, high) = (0, seals.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (transaction >= seals[middle].WindowEnd) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static AuditFault? Fault(AuditSeal seal, List<AuditRecord> rows)
    {
        Span<byte> digest = stackalloc byte[AuditRecord.DigestLength];
        for (var i = 0; i < Math.Max(seal.Ids.Count, rows.Count); i++)
        {
            if (i >= seal.Ids.Count || i < rows.Count && rows[i].Id < seal.Ids[i]) return Of("inserted", rows[i].Id, seal, "was put in after it was sealed");
            if (i >= rows.Count || rows[i].Id > seal.Ids[i]) return Of("missing", seal.Ids[i], seal, "was removed, or moved to another transaction");
            rows[i].Digest(digest);
            if (!digest.SequenceEqual(seal.DigestOf(i))) return Of("changed", rows[i].Id, seal, "was changed after it was sealed");
        }

        return null;
    }

    private static AuditFault Of(string kind, long row, AuditSeal seal, string what) => new(kind, row, seal.Block, $"Row {row} of the audit {what} (block {seal.Block}).");
}
