using Microsoft.Extensions.Options;
using Record.Core.Audit;
using Record.Core.Fhir;
using Record.Core.Imports;
using Record.Core.Validation;

namespace Record.Api.Fhir;

/// <summary>What every FHIR interaction works with.</summary>
internal sealed class FhirServices(ResourceStore store, AuditLog audit, Terminology terminology, IOptions<FhirLimits> limits)
{
    public ResourceStore Store { get; } = store;

    public AuditLog Audit { get; } = audit;

    public Terminology Terminology { get; } = terminology;

    public FhirLimits Limits { get; } = limits.Value;

    public ValidationOptions Validation { get; } = new() { MaxDepth = limits.Value.MaxDepth, MaxTokens = limits.Value.MaxTokens };

    /// <summary>Waited for by bodies over a megabyte.</summary>
    public SemaphoreSlim LargeBodies { get; } = new(limits.Value.LargeBodiesAtOnce);

    /// <summary>Registers the FHIR surface.</summary>
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<FhirLimits>().Bind(configuration.GetSection("Fhir")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FhirLimits>, FhirLimitsValidator>();
        services.AddOptions<TerminologyOptions>().Bind(configuration.GetSection("Terminology")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TerminologyOptions>, TerminologyOptionsValidator>();
        services.AddHttpClient<Terminology>(client => client.MaxResponseContentBufferSize = 16 * 1024 * 1024);
        services.AddSingleton<FhirServices>();
        services.AddOptions<ImportOptions>().Bind(configuration.GetSection("Fhir:Import")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ImportOptions>, ImportOptionsValidator>();
        services.AddSingleton<ImportStore>().AddSingleton<Import>().AddSingleton<ImportStatus>();
        services.AddSingleton<ApplyImports>().AddHostedService(provider => provider.GetRequiredService<ApplyImports>());
    }
}
