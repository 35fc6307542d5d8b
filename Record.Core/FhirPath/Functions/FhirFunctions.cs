using System.Text.Json;
using Record.Core.FhirPath.Terms;
using Record.Core.FhirPath.Types;

namespace Record.Core.FhirPath.Functions;

/// <summary>https://hl7.org/fhir/R4/fhirpath.html#functions</summary>
internal static class FhirFunctions
{
    private const string Definitions = "http://hl7.org/fhir/StructureDefinition/";

    public static readonly Function[] All =
    [
        new("extension", 1, 1, Extension),
        new("hasValue", 0, 0, HasValue),
        new("getValue", 0, 0, call => call.Value((_, value) => value)),
        new("resolve", 0, 0, Resolve),
        new("conformsTo", 1, 1, ConformsTo),
        new("htmlChecks", 0, 0, HtmlChecks),
        new("htmlChecks2", 0, 0, HtmlChecks),
        Unsupported("memberOf", "it needs a terminology server"),
        Unsupported("subsumes", "it needs a terminology server"),
        Unsupported("subsumedBy", "it needs a terminology server"),
        Unsupported("elementDefinition", "definitions are not at hand"),
        Unsupported("slice", "definitions are not at hand"),
        Unsupported("checkModifiers", "definitions are not at hand"),
    ];

    private static Function Unsupported(string name, string why) =>
        new(name, 0, 10, call => throw new FhirPathException($"{name}() is not supported: {why}", call.Position));

    private static Term Extension(Call call)
    {
        var (extensions, url) = (new MemberPath(call.Target, null, [new("extension")]).ToTerm(), call.Argument(0));
        return Term.Of((run, into) =>
        {
            if (run.Scalar(url) is not string wanted) return;
            var list = run.Rent();
            extensions.Collect(run, list);
            for (var i = 0; i < list.Count; i++)
                if (list[i].Element.TryGetProperty("url"u8, out var given) && given.ValueKind == JsonValueKind.String && given.ValueEquals(wanted)) into.Add(list[i]);
            run.Return(list);
        });
    }

    // True for exactly one primitive with a value.
    private static Term HasValue(Call call)
    {
        var target = call.Target;
        return Term.OfQuestion(run =>
        {
            var list = run.Rent();
            target.Collect(run, list);
            var answer = list.Count == 1 && (list[0].HasValue || list[0].Computed is not null);
            run.Return(list);
            return answer;
        });
    }

    private static Term Resolve(Call call)
    {
        var target = call.Target;
        return Term.Of((run, into) =>
        {
            var list = run.Rent();
            target.Collect(run, list);
            for (var i = 0; i < list.Count; i++)
                if (References.Resolve(run, list[i]) is { } found) into.Add(found);
            run.Return(list);
        });
    }

    private static Term ConformsTo(Call call)
    {
        var (target, profile) = (call.Target, call.Argument(0));
        return Term.OfQuestion(run =>
        {
            if (run.Scalar(profile) is not string url) return null;
            var list = run.Rent();
            target.Collect(run, list);
            bool? answer = list.Count switch { 0 => null, 1 => Conforms(run, list[0], url), _ => throw Evaluation.Several(list.Count) };
            run.Return(list);
            return answer;
        });
    }

    private static bool Conforms(Evaluation run, in FhirPathNode node, string url)
    {
        if (run.Environment.ConformsTo?.Invoke(node, url) is { } known) return known;
        return url.StartsWith(Definitions, StringComparison.Ordinal) && FhirTypes.Find(url[Definitions.Length..]) is { } type
            ? node.Type.Is(type)
            : throw new FhirPathException("conformsTo() was given a profile that is not known here.");
    }

    private static Term HtmlChecks(Call call)
    {
        var target = call.Target;
        return Term.OfQuestion(run => run.Scalar(target) is string html ? Narratives.IsAllowed(html) : null);
    }
}
