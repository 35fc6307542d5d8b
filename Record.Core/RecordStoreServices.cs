using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Record.Core.Audit;
using Record.Core.ChangeLog;
using Record.Core.Fhir;
using Record.Core.Identity;
using Record.Core.Identity.Bulk;
using Record.Core.Identity.Matching;
using Record.Core.Identity.Stewards;

namespace Record.Core;

/// <summary>Registers the store. The host registers the <see cref="NpgsqlDataSource"/> (ServiceDefaults).</summary>
public static class RecordStoreServices
{
    /// <summary>How the store talks to PostgreSQL: what is asked often is prepared, and a connection is not reset, since nothing of ours is left on it.</summary>
    public static void Tune(NpgsqlDataSourceBuilder builder)
    {
        builder.ConnectionStringBuilder.MaxAutoPrepare = 200;
        builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        // A search is planned once for its shape, not once for each patient; and a look-up into an index is what each of ours is made of, on solid disks, that nothing is gained by remembering.
        builder.ConnectionStringBuilder.Options = "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1 -c enable_memoize=off";
    }

    /// <summary>The store, links and audit.</summary>
    public static IServiceCollection AddRecordStore(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<GiveWay>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<ResourceStore>();
        services.AddSingleton<LinkStore>();
        services.AddSingleton(provider => new GovernanceStore(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<AuditLog>(),
            provider.GetService<AccessRules>() ?? AccessRules.Default, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AccessStore(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<AuditLog>(),
            provider.GetService<AccessRules>() ?? AccessRules.Default, provider.GetRequiredService<TimeProvider>()));
        services.AddOptions<LinkageOptions>().BindConfiguration("Linkage").ValidateOnStart();
        services.AddSingleton<IValidateOptions<LinkageOptions>, LinkageOptionsValidator>();
        services.AddSingleton(provider => new CurrentRules(provider.GetRequiredService<IOptions<LinkageOptions>>().Value));
        services.AddSingleton<PatientMatch>();
        services.AddSingleton<EstimateLinkage>();
        return services;
    }

    /// <summary>The stewards' queue and decisions; needs <see cref="Organisations.CareSystem"/>.</summary>
    public static IServiceCollection AddStewards(this IServiceCollection services) => services.AddSingleton<StewardView>().AddSingleton<Stewardship>();

    /// <summary>A consumer of the change log that runs with the host.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">Names its cursor and the cause of its writes.</param>
    /// <param name="by">Which log.</param>
    /// <param name="handler">Makes the handler.</param>
    public static IServiceCollection AddChangeConsumer(
        this IServiceCollection services, string name, ChangesBy by, Func<IServiceProvider, ChangeHandler> handler) =>
        services.AddSingleton<IHostedService>(provider => new ChangeConsumer(
            name, by, handler(provider), provider.GetRequiredService<ResourceStore>(), provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<ILogger<ChangeConsumer>>(), provider.GetRequiredService<GiveWay>()));

    /// <summary>The identity consumer.</summary>
    public static IServiceCollection AddIdentityConsumer(this IServiceCollection services) =>
        services.AddSingleton<LinkAll>().AddChangeConsumer(LinkPatients.Name, ChangesBy.SourcePatient,
            provider => new LinkPatients(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<LinkageOptions>>().Value).Handle);
}
