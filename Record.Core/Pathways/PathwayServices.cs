using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Record.Core.Pathways;

/// <summary>Registers the pathway rules and clocks.</summary>
public static class PathwayServices
{
    /// <summary>The rules of <c>config/pathways</c> and what evaluates them.</summary>
    public static IServiceCollection AddPathways(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var folder = provider.GetRequiredService<IConfiguration>()["Config:Directory"]
                ?? throw new InvalidOperationException("Config__Directory is missing: the folder that holds pathways.");
            return PathwayRule.ReadAll(folder).TryGet(out var rules, out var wrong) ? rules : throw new InvalidOperationException(wrong.Detail);
        });
        services.AddSingleton<ClockStore>();
        services.AddSingleton<EvaluatePathways>();
        return services;
    }
}
