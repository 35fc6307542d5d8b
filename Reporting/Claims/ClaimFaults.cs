using System.Globalization;

namespace Reporting.Claims;

/// <summary>What is wrong with a file of claims, in sentences for the person who wrote it.</summary>
internal static class ClaimFaults
{
    public const string SecondHand = "at-second-hand";

    public static IEnumerable<string> Of(ClaimsFile file) =>
        file.Documents.SelectMany(Of)
            .Concat(file.Claims.SelectMany(c => Of(c, file)))
            .Concat(file.Besides.SelectMany(b => b.Claims.Where(id => file.Claims.All(c => c.Id != id)).Select(id => $"beside '{b.Title}': there is no claim {id}")))
            .Concat(Twice("document", file.Documents.Select(d => d.Id)))
            .Concat(Twice("claim", file.Claims.Select(c => c.Id)))
            .Concat(file.Claims.GroupBy(c => c.Supersedes).Where(g => g.Key is not null && g.Count() > 1).Select(g => $"claim {g.Key} is superseded twice"));

    private static IEnumerable<string> Of(DocumentEntry document)
    {
        if (document.Id.Length == 0 || document.Title.Length == 0 || document.Publisher.Length == 0 || document.Date.Length == 0)
            yield return $"document '{document.Id}' needs id, title, publisher and date";
        if (ClaimsReader.Parsed<DocumentStatus>(document.Status) is null)
            yield return $"document {document.Id}: status '{document.Status}' is not one of the known ones";
        if (document.Read is not (null or SecondHand))
            yield return $"document {document.Id}: read can only be '{SecondHand}'";
    }

    private static IEnumerable<string> Of(ClaimEntry claim, ClaimsFile file)
    {
        if (new[] { claim.Id, claim.Topic, claim.Statement, claim.Value, claim.Place, claim.StatedBy }.Any(string.IsNullOrWhiteSpace))
            yield return $"claim '{claim.Id}' needs id, topic, statement, value, place and statedBy";
        if (!DateOnly.TryParseExact(claim.Learned, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            yield return $"claim {claim.Id}: learned must be a day like 2026-01-31";
        if (ClaimsReader.Parsed<ClaimStatus>(claim.Status) is not { } status)
            yield return $"claim {claim.Id}: status '{claim.Status}' is not one of the known ones";
        else if ((status == ClaimStatus.Superseded) != file.Claims.Any(c => c.Supersedes == claim.Id))
            yield return $"claim {claim.Id}: a claim is superseded exactly when another one supersedes it";
        foreach (var id in claim.AlsoIn.Append(claim.Document))
            if (file.Documents.All(d => d.Id != id)) yield return $"claim {claim.Id}: there is no document '{id}'";
        if (claim.Supersedes is not { } older) yield break;
        if (file.Claims.FirstOrDefault(c => c.Id == older) is not { } other) yield return $"claim {claim.Id} supersedes {older}, which is not there";
        else if (other == claim || claim.Measures is null || other.Measures != claim.Measures)
            yield return $"claim {claim.Id} supersedes {older}, which does not measure the same thing";
    }

    private static IEnumerable<string> Twice(string what, IEnumerable<string> ids) =>
        ids.GroupBy(id => id, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => $"{what} {g.Key} stands twice");
}
