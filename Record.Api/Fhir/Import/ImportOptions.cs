using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Record.Api.Fhir;

/// <summary>Bulk import; section <c>Fhir:Import</c>.</summary>
internal sealed class ImportOptions
{
    /// <summary>The folder whose files a Parameters resource may name; none unless set: then only what is sent is imported.</summary>
    public string? Folder { get; init; }

    /// <summary>Lines that are applied in one transaction. 1 to 2,000; 400 unless set.</summary>
    [Range(1, 2000)]
    public int LinesAtOnce { get; init; } = 400;

    /// <summary>Transactions at the same time. 1 to 8; 2 unless set.</summary>
    [Range(1, 8)]
    public int Writers { get; init; } = 2;

    /// <summary>How often other processes' imports are looked for. One second to an hour; two seconds unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(2);
}

[OptionsValidator]
internal sealed partial class ImportOptionsValidator : IValidateOptions<ImportOptions>;
