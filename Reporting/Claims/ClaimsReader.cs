using System.Globalization;
using Record.Core;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Reporting.Claims;

/// <summary>Reads <c>claims.yaml</c> and says everything that is wrong with it at once.</summary>
internal static class ClaimsReader
{
    public static Result<ClaimRegister> Read(string directory)
    {
        var path = Path.Combine(directory, "claims.yaml");
        return File.Exists(path)
            ? Parse(File.ReadAllText(path))
            : ClaimErrors.Invalid(["it is missing; Config__Directory must point at the folder that holds it"]);
    }

    public static Result<ClaimRegister> Parse(string yaml)
    {
        try
        {
            var file = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build().Deserialize<ClaimsFile>(yaml);
            return Check(file ?? new ClaimsFile());
        }
        catch (YamlException wrong)
        {
            return ClaimErrors.Invalid([$"line {wrong.Start.Line}: {wrong.InnerException?.Message ?? wrong.Message}"]);
        }
    }

    private static Result<ClaimRegister> Check(ClaimsFile file)
    {
        var faults = ClaimFaults.Of(file).ToList();
        if (faults.Count > 0) return ClaimErrors.Invalid(faults);

        var documents = file.Documents.ToDictionary(d => d.Id, Document, StringComparer.Ordinal);
        var supersededBy = file.Claims.Where(c => c.Supersedes is not null).ToDictionary(c => c.Supersedes!, c => c.Id, StringComparer.Ordinal);
        var claims = file.Claims.Select(c => Claim(c, documents, supersededBy.GetValueOrDefault(c.Id))).ToList();
        var byId = claims.ToDictionary(c => c.Id, StringComparer.Ordinal);
        var besides = file.Besides.Select(b => new ClaimsBeside(b.Title, [.. b.Claims.Select(id => byId[id])], b.Reason)).ToList();
        return new ClaimRegister(claims, [.. documents.Values], besides);
    }

    private static ClaimDocument Document(DocumentEntry d) => new(
        d.Id, d.Title, d.Publisher, d.Date, d.Reference, d.Read == ClaimFaults.SecondHand, Parsed<DocumentStatus>(d.Status)!.Value, d.StatusNote);

    private static Claim Claim(ClaimEntry c, Dictionary<string, ClaimDocument> documents, string? supersededBy) => new(
        c.Id, c.Topic, c.Statement, c.Value, c.Measures, documents[c.Document], [.. c.AlsoIn.Select(id => documents[id])], c.Place,
        c.StatedBy, DateOnly.ParseExact(c.Learned, "yyyy-MM-dd", CultureInfo.InvariantCulture), Parsed<ClaimStatus>(c.Status)!.Value,
        c.Supersedes, supersededBy, c.Note);

    /// <summary>The member of that name, written with hyphens; null if there is none.</summary>
    internal static T? Parsed<T>(string text) where T : struct, Enum =>
        Enum.GetNames<T>().FirstOrDefault(name => Hyphenated(name) == text) is { } found ? Enum.Parse<T>(found) : null;

    private static string Hyphenated(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? "-" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}
