namespace Record.Core.Audit;

/// <summary>What audit has of one request.</summary>
internal sealed class AuditTrail
{
    /// <summary>Outcome of the last row of the request that is durable; null while there is none.</summary>
    public string? Outcome { get; set; }
}
