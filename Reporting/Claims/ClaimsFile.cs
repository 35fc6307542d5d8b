namespace Reporting.Claims;

/// <summary><c>config/claims.yaml</c> as it is written, before it is checked.</summary>
internal sealed class ClaimsFile
{
    public List<DocumentEntry> Documents { get; set; } = [];
    public List<ClaimEntry> Claims { get; set; } = [];
    public List<BesideEntry> Besides { get; set; } = [];
}

internal sealed class DocumentEntry
{
    public string Id { get; set; } = "";
    public string Title { get; set; } = "";
    public string Publisher { get; set; } = "";
    public string Date { get; set; } = "";
    public string? Reference { get; set; }
    public string? Read { get; set; }
    public string Status { get; set; } = "";
    public string? StatusNote { get; set; }
}

internal sealed class ClaimEntry
{
    public string Id { get; set; } = "";
    public string Topic { get; set; } = "";
    public string Statement { get; set; } = "";
    public string Value { get; set; } = "";
    public string? Measures { get; set; }
    public string Document { get; set; } = "";
    public List<string> AlsoIn { get; set; } = [];
    public string Place { get; set; } = "";
    public string StatedBy { get; set; } = "";
    public string Learned { get; set; } = "";
    public string Status { get; set; } = "";
    public string? Supersedes { get; set; }
    public string? Note { get; set; }
}

internal sealed class BesideEntry
{
    public string Title { get; set; } = "";
    public List<string> Claims { get; set; } = [];
    public string Reason { get; set; } = "";
}
