using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Record.Api.Fhir;

/// <summary>The terminology server that is asked for value sets and hierarchies; without one such questions are refused by name.</summary>
internal sealed class TerminologyOptions
{
    /// <summary>Address of any FHIR R4 server with <c>ValueSet/$expand</c>; none unless set.</summary>
    public Uri? Server { get; init; }

    /// <summary>Codes that one question may stand for. 1 to 10,000; 5,000 unless set.</summary>
    [Range(1, 10_000)]
    public int MaxCodes { get; init; } = 5000;

    /// <summary>How long it may take to answer. One second to one minute; ten seconds unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class TerminologyOptionsValidator : IValidateOptions<TerminologyOptions>;
