using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Record.Core.Audit.Seals;

/// <summary>Registers what seals the audit.</summary>
public static class SealServices
{
    /// <summary>Seals with the host; needs the store.</summary>
    public static IServiceCollection AddAuditSeals(this IServiceCollection services)
    {
        services.AddOptions<SealOptions>().BindConfiguration("Audit").ValidateOnStart();
        services.AddSingleton<IValidateOptions<SealOptions>, SealOptionsValidator>();
        return services.AddSingleton<AuditSealStore>().AddHostedService<SealAudit>();
    }
}
