using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Record.Core.Audit;
using Reporting.BoardPack;
using Reporting.Claims;
using Reporting.Deployment;
using Reporting.Figures;
using Reporting.Pathways;
using Reporting.Residents;

namespace Reporting;

/// <summary>The reporting service: figures, deployment, claims and board packs. No patient data.</summary>
public sealed class ReportingHost
{
    private ReportingHost()
    {
    }

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddNpgsqlDataSource("record");
        builder.AddRecordAuthentication();
        builder.AddClientLimits();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 1024 * 1024;
        });
        builder.Services.AddOptions<ReportingOptions>().BindConfiguration("Reporting").ValidateOnStart();
        builder.Services.AddOptions<ConfigOptions>().BindConfiguration("Config").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ReportingOptions>, ReportingOptionsValidator>();
        builder.Services.AddSingleton<IValidateOptions<ConfigOptions>, ConfigOptionsValidator>();
        AddReports(builder.Services);

        var app = builder.Build();
        app.Services.GetRequiredService<BoardConfiguration>(); // a fault in it stops the service at start
        app.UseForwardedAddress();
        app.UseAudit(BoardAccess.AccessForBoard);
        app.UseExceptionHandler();
        app.UseSecurityHeaders();
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.MapDefaultEndpoints();
        app.MapFigures();
        app.MapDeployment();
        app.MapClaims();
        app.MapBoardPacks();
        return app;
    }

    private static void AddReports(IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<AuditLog>();
        services.AddSingleton<ClockStore>();
        services.AddSingleton<ResidentStore>();
        services.AddSingleton<FeedStore>();
        services.AddSingleton<FigureStore>();
        services.AddSingleton<ReportBuilder>();
        services.AddSingleton<Reports>();
        services.AddSingleton<BoardPacks>();
        services.AddSingleton(provider => BoardConfiguration.Read(
            provider.GetRequiredService<IOptions<ConfigOptions>>().Value.Directory,
            provider.GetRequiredService<IOptions<ReportingOptions>>().Value));
        services.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.Never);
    }
}
