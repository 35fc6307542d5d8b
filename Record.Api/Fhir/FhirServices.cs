using Microsoft.Extensions.Options;
using Record.Core.Audit;
using Record.Core.Fhir;
using Record.Core.Imports;
using Record.Core.Validation;

namespace Record.Api.Fhir;

/// <summary>What every FHIR interaction works with.</summary>
internal sealed class FhirServices(ResourceStore store, AuditLog audit, IOptions<FhirLimits> limits)
{
    public ResourceStore Store { get; } = store;

    public AuditLog Audit { get; } = audit;

    public FhirLimits Limits { get; } = limits.Value;

    public ValidationOptions Validation { get; } = new() { MaxDepth = limits.Value.MaxDepth, MaxTokens = limits.Value.MaxTokens };

    /// <summary>Waited for by bodies over a megabyte.</summary>
    public SemaphoreSlim LargeBodies { get; } = new(limits.Value.LargeBodiesAtOnce);

    /// <summary>Registers the FHIR surface.</summary>
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<FhirLimits>().Bind(configuration.GetSection("Fhir")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FhirLimits>, FhirLimitsValidator>();
        services.AddSingleton<FhirServices>();
        services.AddOptions<ImportOptions>().Bind(configuration.GetSection("Fhir:Import")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ImportOptions>, ImportOptionsValidator>();
        services.AddSingleton<ImportStore>().AddSingleton<Import>().AddSingleton<ImportStatus>();
        services.AddSingleton<ApplyImports>().AddHostedService(provider => provider.GetRequiredService<ApplyImports>());
    }
}
