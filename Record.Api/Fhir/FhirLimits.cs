using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Record.Api.Fhir;

/// <summary>How much one FHIR request may ask of this server; section <c>Fhir</c>.</summary>
internal sealed class FhirLimits
{
    /// <summary>Bytes of a body. One kilobyte to one gigabyte; 50 MB unless set.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 50 * 1024 * 1024;

    /// <summary>Entries of a batch or transaction. 1 to 100,000; 10,000 unless set.</summary>
    [Range(1, 100_000)]
    public int MaxEntries { get; init; } = 10_000;

    /// <summary>How deep JSON may nest. 10 to 128; 100 unless set.</summary>
    [Range(10, 128)]
    public int MaxDepth { get; init; } = 100;

    /// <summary>JSON tokens of a body, which bounds the memory that reading it takes. Five million unless set.</summary>
    [Range(1000, 100_000_000)]
    public int MaxTokens { get; init; } = 5_000_000;

    /// <summary>Bodies over a megabyte that are read at the same time; others wait. Two unless set.</summary>
    [Range(1, 64)]
    public int LargeBodiesAtOnce { get; init; } = 2;

    /// <summary>Answers smaller than this are never compressed. 2 KB unless set.</summary>
    [Range(0, int.MaxValue)]
    public int CompressFromBytes { get; init; } = 2048;
}

[OptionsValidator]
internal sealed partial class FhirLimitsValidator : IValidateOptions<FhirLimits>;
