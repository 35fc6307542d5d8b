using Microsoft.Extensions.Primitives;

namespace Record.Api.Fhir;

/// <summary>What a write answers with. https://hl7.org/fhir/R4/http.html#ops</summary>
internal enum Return
{
    Unsaid,
    Minimal,
    Representation,
    Outcome,
}

/// <summary>The header Prefer (RFC 7240): unknown preferences are ignored, as it says.</summary>
internal readonly record struct Prefer(Return Return, bool Strict, bool Async)
{
    public static Prefer Of(StringValues header)
    {
        if (header.Count == 0) return default;
        var prefer = default(Prefer);
        foreach (var line in header)
            foreach (var part in (line ?? "").Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                prefer = part.Replace(" ", "", StringComparison.Ordinal) switch
                {
                    "return=minimal" => prefer with { Return = Return.Minimal },
                    "return=representation" => prefer with { Return = Return.Representation },
                    "return=OperationOutcome" => prefer with { Return = Return.Outcome },
                    "handling=strict" => prefer with { Strict = true },
                    "handling=lenient" => prefer with { Strict = false },
                    "respond-async" => prefer with { Async = true },
                    _ => prefer,
                };
        return prefer;
    }
}
