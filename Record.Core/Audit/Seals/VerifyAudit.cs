using System.Security.Cryptography;

namespace Record.Core.Audit.Seals;

/// <summary>What is wrong first.</summary>
/// <param name="Kind">
/// <c>changed</c>, <c>missing</c> or <c>inserted</c> row; <c>seal</c>: a block of seals was changed, removed or put in; <c>truncated</c> or
/// <c>rewritten</c>: an anchor says otherwise; <c>key</c>: a block was sealed without the key, or with one that was not given.
/// </param>
/// <param name="Row">Id of the row, where one is to blame.</param>
/// <param name="Block">Number of the block.</param>
/// <param name="Says">A sentence for a person, without patient data.</param>
public sealed record AuditFault(string Kind, long? Row, long? Block, string Says);

/// <summary>What verification found.</summary>
/// <param name="Blocks">Blocks that hold.</param>
/// <param name="Rows">Rows in them.</param>
/// <param name="Anchors">Anchors that agree.</param>
/// <param name="Unsealed">Rows that are not sealed yet.</param>
/// <param name="UnsealedSince">When the oldest of them was written.</param>
/// <param name="Fault">What is wrong first; null: nothing is.</param>
public sealed record AuditVerdict(long Blocks, long Rows, int Anchors, long Unsealed, DateTimeOffset? UnsealedSince, AuditFault? Fault);

/// <summary>Verifies the audit from its first row: rows against seals, seals against each other, heads against anchors.</summary>
public sealed class VerifyAudit(AuditSealStore store, SealOptions options)
{
    private const int AtOnce = 50_000;

    /// <summary>Verifies all of it.</summary>
    public async Task<AuditVerdict> Run(Access access, CancellationToken cancellation)
    {
        var anchors = await AuditAnchor.In(options.AnchorFolder, cancellation);
        var chain = new Chain(options.Keys, anchors);
        while (Together(await store.After(access, chain.Last?.Block ?? 0, 50, cancellation)) is { Count: > 0 } seals)
        {
            AuditFault? fault = null;
            var good = seals.TakeWhile(seal => (fault = chain.Fault(seal)) is null).ToList();
            if (good.Count > 0)
            {
                var rows = await store.Rows(access, good[0], good[^1], cancellation);
                if (SealedRows.Fault(good, rows) is { } blame) return Verdict(chain, blame);
                chain.Rows += rows.Count;
            }

            if (fault is not null) return Verdict(chain, fault);
        }

        var (unsealed, since) = await store.Unsealed(access, chain.Last, cancellation);
        return Verdict(chain, chain.FaultAtEnd()) with { Unsealed = unsealed, UnsealedSince = since };
    }

    private static AuditVerdict Verdict(Chain chain, AuditFault? fault) => new(chain.Last?.Block ?? 0, chain.Rows, chain.Agreed, 0, null, fault);

    // Blocks whose rows are read together; a block of a window that has several is read for itself.
    private static IReadOnlyList<AuditSeal> Together(IReadOnlyList<AuditSeal> seals)
    {
        var (count, rows) = (0, 0);
        while (count < seals.Count && seals[count] is { ClosesWindow: true, AfterId: 0 } && rows < AtOnce) rows += seals[count++].Ids.Count;
        return [.. seals.Take(Math.Max(count, 1))];
    }

    // The chain as far as it holds.
    private sealed class Chain(IReadOnlyList<SealKey> keys, IReadOnlyList<AuditAnchor> anchors)
    {
        public AuditSeal? Last { get; private set; }

        public long Rows { get; set; }

        public int Agreed { get; private set; }

        public AuditFault? Fault(AuditSeal seal)
        {
            if (!Follows(seal)) return new("seal", null, seal.Block, $"Block {seal.Block} does not follow block {Last?.Block ?? 0}: seals were removed or put in.");
            var key = keys.FirstOrDefault(known => known.Name == seal.Key);
            if (seal.Key is not null && key is null) return new("key", null, seal.Block, $"Block {seal.Block} was sealed with the key {seal.Key}, which is not among Audit__SealKeys.");
            if (seal.Key is null && Last?.Key is not null) return new("key", null, seal.Block, $"Block {seal.Block} was sealed without a key although the block before has one.");
            if (!CryptographicOperations.FixedTimeEquals(seal.HeadAfter(Last?.Head ?? AuditSeal.Nothing, key), seal.Head))
                return new("seal", null, seal.Block, $"The seal of block {seal.Block} (rows {Range(seal)}) was changed, or a block before it.");
            foreach (var anchor in anchors.Where(anchor => anchor.Block == seal.Block))
            {
                if (anchor.Head != Convert.ToHexStringLower(seal.Head)) return new("rewritten", null, seal.Block, $"The anchor of {anchor.At:u} says that block {seal.Block} had another head: the audit was rewritten before it.");
                Agreed++;
            }

            Last = seal;
            return null;
        }

        public AuditFault? FaultAtEnd()
        {
            if (anchors.FirstOrDefault(anchor => anchor.Block > (Last?.Block ?? 0)) is { } beyond)
                return new("truncated", null, beyond.Block, $"The anchor of {beyond.At:u} is of block {beyond.Block}, but the last is {Last?.Block ?? 0}: the end of the audit was cut off.");
            return keys.Count > 0 && Last is { Key: null } ? new("key", null, Last.Block, "The last block was sealed without a key although there is one.") : null;
        }

        private bool Follows(AuditSeal seal)
        {
            if (seal.Block != (Last?.Block ?? 0) + 1 || seal.Ids.Count == 0 || seal.Digests.Length != seal.Ids.Count * AuditRecord.DigestLength) return false;
            return Last is null or { ClosesWindow: true }
                ? seal.WindowStart == (Last?.WindowEnd ?? 0) && seal.AfterId == 0
                : (seal.WindowStart, seal.WindowEnd, seal.AfterId) == (Last.WindowStart, Last.WindowEnd, Last.Ids[^1]);
        }

        private static string Range(AuditSeal seal) => $"{seal.Ids[0]} to {seal.Ids[^1]}";
    }
}
