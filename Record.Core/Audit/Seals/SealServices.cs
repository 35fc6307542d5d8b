using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Record.Core.Audit.Unusual;
using Record.Core.Organisations;

namespace Record.Core.Audit.Seals;

/// <summary>Registers what seals the audit and watches it.</summary>
public static class SealServices
{
    /// <summary>Seals with the host, and watches where <c>Audit:Watch</c> is true; needs the store.</summary>
    public static IServiceCollection AddAuditSeals(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SealOptions>().BindConfiguration("Audit").ValidateOnStart();
        services.AddSingleton<IValidateOptions<SealOptions>, SealOptionsValidator>();
        services.AddSingleton<AuditSealStore>().AddHostedService<SealAudit>();
        if (configuration["Audit:Watch"] != "true") return services;
        return services.AddHostedService(provider => WatchAccess.Of(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<CareSystem>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<WatchAccess>>()));
    }
}
