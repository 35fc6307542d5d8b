using Aspire.Npgsql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Aspire.Npgsql
{
    /// <summary>Settings of a data source, as Aspire.Npgsql has them.</summary>
    public sealed class NpgsqlSettings
    {
        /// <summary>The connection string.</summary>
        public string? ConnectionString { get; set; }

        /// <summary>Leaves the health check out.</summary>
        public bool DisableHealthChecks { get; set; }

        /// <summary>Leaves traces out.</summary>
        public bool DisableTracing { get; set; }

        /// <summary>Leaves metrics out.</summary>
        public bool DisableMetrics { get; set; }
    }
}

namespace Microsoft.Extensions.Hosting
{
    /// <summary>Aspire.Npgsql's contract, where that package cannot be restored: settings, health check, traces, metrics.</summary>
    public static class AspirePostgreSqlNpgsqlExtensions
    {
        /// <summary>Registers <see cref="NpgsqlDataSource"/> from <c>Aspire:Npgsql</c>, <c>Aspire:Npgsql:NAME</c>, <c>ConnectionStrings:NAME</c> and the delegate.</summary>
        public static void AddNpgsqlDataSource(
            this IHostApplicationBuilder builder, string connectionName,
            Action<NpgsqlSettings>? configureSettings = null, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
        {
            var settings = new NpgsqlSettings();
            var section = builder.Configuration.GetSection("Aspire:Npgsql");
            section.Bind(settings);
            section.GetSection(connectionName).Bind(settings);
            if (builder.Configuration.GetConnectionString(connectionName) is { } connection) settings.ConnectionString = connection;
            configureSettings?.Invoke(settings);

            builder.Services.AddSingleton(_ => Build(settings, connectionName, configureDataSourceBuilder));
            if (!settings.DisableHealthChecks)
                builder.Services.AddHealthChecks().AddCheck<DataSourceCheck>("PostgreSql");
            if (!settings.DisableTracing && Extensions.Exports(builder.Configuration)) builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddNpgsql());
            if (!settings.DisableMetrics && Extensions.Exports(builder.Configuration)) builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("Npgsql"));
        }

        private static NpgsqlDataSource Build(NpgsqlSettings settings, string name, Action<NpgsqlDataSourceBuilder>? configure)
        {
            if (string.IsNullOrEmpty(settings.ConnectionString))
                throw new InvalidOperationException($"ConnectionString is missing. It should be provided in 'ConnectionStrings:{name}' or under the 'ConnectionString' key in 'Aspire:Npgsql' configuration section.");
            var source = new NpgsqlDataSourceBuilder(settings.ConnectionString);
            configure?.Invoke(source);
            return source.Build();
        }

        private sealed class DataSourceCheck(NpgsqlDataSource database) : IHealthCheck
        {
            public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
            {
                try
                {
                    await using var command = database.CreateCommand("select 1");
                    await command.ExecuteScalarAsync(cancellationToken);
                    return HealthCheckResult.Healthy();
                }
                catch (Exception problem) when (problem is NpgsqlException or TimeoutException)
                {
                    return HealthCheckResult.Unhealthy("PostgreSQL does not answer.");
                }
            }
        }
    }
}
