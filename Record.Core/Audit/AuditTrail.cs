namespace Record.Core.Audit;

/// <summary>What audit has of one request.</summary>
internal sealed class AuditTrail
{
    /// <summary>Whether a row of the request is durable, or will be with the transaction that it writes in.</summary>
    public bool IsWritten { get; set; }
}
