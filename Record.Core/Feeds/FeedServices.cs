using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Record.Core.Feeds.Bars;
using Record.Core.Feeds.Files;
using Record.Core.Feeds.Mapping;
using Record.Core.Feeds.V2;
using Record.Core.Organisations;

namespace Record.Core.Feeds;

/// <summary>Registers what receives and maps messages.</summary>
public static class FeedServices
{
    /// <summary>The configured care system, the raw log and its doors.</summary>
    public static IServiceCollection AddFeeds(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var folder = provider.GetRequiredService<IConfiguration>()["Config:Directory"]
                ?? throw new InvalidOperationException("Config__Directory is missing: the folder that holds organisations.yaml.");
            return CareSystemReader.Read(folder).TryGet(out var system, out var wrong) ? system : throw new InvalidOperationException(wrong.Detail);
        });
        services.AddSingleton(provider => AccessRulesReader.Read(provider.GetRequiredService<IConfiguration>()["Config:Directory"]!, provider.GetRequiredService<CareSystem>())
            .TryGet(out var rules, out var wrong) ? rules : throw new InvalidOperationException(wrong.Detail));
        services.AddSingleton<MessageStore>();
        services.AddSingleton<FeedStore>();
        services.AddSingleton<FeedQueueStore>();
        services.AddSingleton<DryRun>();
        services.AddSingleton<FileIntake>();
        services.AddSingleton<BarsStore>();
        services.AddSingleton<Inbox>();
        services.AddSingleton<V2Door>();
        services.AddSingleton<MapMessages>();
        services.AddSingleton<Outcomes>();
        return services;
    }
}
