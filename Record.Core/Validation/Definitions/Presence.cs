namespace Record.Core.Validation.Definitions;

/// <summary>
/// What the mere presence of an object's children says about an invariant: true, false, or nothing (null).
/// <c>code.empty() or system.exists()</c> is decided by it, <c>low.empty() or high.empty() or (low &lt;= high)</c> mostly.
/// </summary>
internal abstract record Presence
{
    /// <param name="present">Bits of the children that are there.</param>
    public abstract bool? Decide(ulong present);

    /// <summary>Reads the expression of an invariant; what it does not understand decides nothing.</summary>
    public static Presence? Of(string expression, IReadOnlyList<ElementRule> elements)
    {
        var read = PresenceReader.Read(expression, elements);
        return read is Unknown ? null : read;
    }

    internal sealed record Unknown : Presence
    {
        public override bool? Decide(ulong present) => null;
    }

    /// <summary><c>name.exists()</c> or <c>name.empty()</c>; with a longer path only absence decides.</summary>
    internal sealed record Leaf(ulong Bit, bool WhenAbsent, bool Deep) : Presence
    {
        public override bool? Decide(ulong present) => (present & Bit) == 0 ? WhenAbsent : Deep ? null : !WhenAbsent;
    }

    internal sealed record Not(Presence Inner) : Presence
    {
        public override bool? Decide(ulong present) => !Inner.Decide(present);
    }

    internal sealed record Both(string Operator, Presence Left, Presence Right) : Presence
    {
        public override bool? Decide(ulong present)
        {
            var (left, right) = (Left.Decide(present), Right.Decide(present));
            return Operator switch
            {
                "and" => left & right,
                "or" => left | right,
                "implies" => !left | right,
                "=" => left is null || right is null ? null : left == right,
                _ => left is null || right is null ? null : left != right, // xor, !=
            };
        }
    }
}
