namespace Identity.Accounts;

/// <summary>Somebody who may sign in.</summary>
/// <param name="User">Name to sign in with, and <c>sub</c> of the token.</param>
/// <param name="Name">What people call them.</param>
/// <param name="Organisation">ODS code.</param>
/// <param name="Role">Role of the token.</param>
/// <param name="Teams">Organization ids of their teams.</param>
public sealed record Account(string User, string Name, string Organisation, string Role, IReadOnlyList<string> Teams);
