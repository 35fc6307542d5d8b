namespace Record.Core.Audit;

/// <summary>One access, permitted or refused; becomes an IHE BALP AuditEvent.</summary>
/// <param name="Access">Who, role, organisation, purpose, client, request.</param>
/// <param name="Action">C, R, U, D or E, as in AuditEvent.action.</param>
/// <param name="Interaction">What was done: <c>read</c>, <c>search-type</c>, <c>journey</c> …</param>
/// <param name="ResourceType">Type touched, if one.</param>
/// <param name="ResourceId">Id touched, if one.</param>
/// <param name="Query">The question of a search: it may hold patient data, so it stands here and in no log.</param>
/// <param name="Outcome"><c>success</c>, or the code of the error.</param>
/// <param name="Patients">Source patients whose data was touched.</param>
public sealed record AuditRow(
    Access Access, char Action, string Interaction, string? ResourceType, string? ResourceId, string? Query,
    string Outcome, IReadOnlyCollection<string> Patients);
