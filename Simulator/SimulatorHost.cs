using Simulator.Sending;

namespace Simulator;

/// <summary>The simulator as a service: it plays the ten source systems and answers <c>/health</c>.</summary>
public static class SimulatorHost
{
    /// <summary>Runs until it is stopped.</summary>
    public static async Task<int> Run(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        var settings = builder.Configuration;
        builder.Services.AddHealthChecks();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(provider => new RecordClient(Address(settings, "services:record-api:http:0"), Address(settings, "Identity:Issuer"), provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(provider =>
        {
            var receiver = Address(settings, "services:record-worker:mllp:0");
            return new V2Sender(receiver.Host, receiver.Port, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<V2Sender>>());
        });
        builder.Services.AddSingleton<BundleSender>();
        builder.Services.AddHostedService<Playing>();
        var app = builder.Build();
        app.MapHealthChecks("/health");
        app.MapHealthChecks("/alive");
        await app.RunAsync();
        return 0;
    }

    private static Uri Address(ConfigurationManager settings, string key) =>
        new((settings[key] ?? throw new InvalidOperationException($"{key.Replace(":", "__", StringComparison.Ordinal)} is missing.")).TrimEnd('/') + "/");
}
