using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Record.Core.Audit.Seals;

/// <summary>How the audit is sealed: section <c>Audit</c>.</summary>
public sealed class SealOptions
{
    /// <summary>How often rows are sealed. A tenth of a second to a minute; one second unless set.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan SealEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the head is anchored outside the database. A minute to a day; one hour unless set.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan AnchorEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The folder that anchors are written to, best one that nothing can be removed from; only the log has them unless set.</summary>
    public string? AnchorFolder { get; init; }

    /// <summary>Keys as base64 of at least 32 bytes: the first seals, all verify. None unless set: then anchors alone protect.</summary>
    public IReadOnlyList<string> SealKeys { get; init; } = [];

    internal IReadOnlyList<SealKey> Keys => [.. SealKeys.Select(SealKey.Of)];
}

/// <summary>Stops a service whose seals are set up wrongly.</summary>
public sealed class SealOptionsValidator : IValidateOptions<SealOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SealOptions options)
    {
        if (options.SealEvery < TimeSpan.FromSeconds(0.1) || options.SealEvery > TimeSpan.FromMinutes(1)) return ValidateOptionsResult.Fail("Audit__SealEvery must be from a tenth of a second to a minute.");
        if (options.AnchorEvery < TimeSpan.FromMinutes(1) || options.AnchorEvery > TimeSpan.FromDays(1)) return ValidateOptionsResult.Fail("Audit__AnchorEvery must be from a minute to a day.");
        return options.SealKeys.All(IsKey) ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail("Each of Audit__SealKeys must be base64 of at least 32 bytes.");
    }

    private static bool IsKey(string key)
    {
        var bytes = new byte[key.Length];
        return Convert.TryFromBase64String(key, bytes, out var length) && length >= 32;
    }
}
