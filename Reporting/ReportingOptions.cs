using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Reporting;

/// <summary>Settings of the section <c>Reporting</c>. None of them hides that data is simulated.</summary>
internal sealed class ReportingOptions
{
    /// <summary>The pattern of disclosure control below system level, named on every page. Only <c>mhsds</c> is known.</summary>
    [AllowedValues("mhsds")]
    public string Disclosure { get; init; } = "mhsds";

    /// <summary>Months over which residents' activity across settings is counted. 1 to 60; 12 unless set.</summary>
    [Range(1, 60)]
    public int ActivityMonths { get; init; } = 12;
}

/// <summary>Where the configuration of the care system stands (section <c>Config</c>).</summary>
internal sealed class ConfigOptions
{
    /// <summary>Absolute path of the folder with <c>claims.yaml</c>, <c>organisations.yaml</c>, <c>sources/</c> and <c>pathways/</c>.</summary>
    [Required]
    public string Directory { get; init; } = "";
}

[OptionsValidator]
internal sealed partial class ReportingOptionsValidator : IValidateOptions<ReportingOptions>;

[OptionsValidator]
internal sealed partial class ConfigOptionsValidator : IValidateOptions<ConfigOptions>;
