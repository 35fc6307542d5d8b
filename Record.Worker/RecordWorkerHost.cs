using Record.Core;
using Record.Core.Audit.Seals;
using Record.Core.ChangeLog;
using Record.Core.Feeds;
using Record.Core.Pathways;
using Record.Core.Referrals;
using Record.Core.Worklists;
using Record.Worker.Feeds;
using Record.Worker.Jobs;
using Record.Worker.Pathways;
using Record.Worker.Referrals;

namespace Record.Worker;

/// <summary>The workers: feeds in, identity, referrals and tasks, pathway clocks; Hangfire for what is due by time.</summary>
public sealed class RecordWorkerHost
{
    /// <summary>Puts the service together.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);
        builder.AddServiceDefaults();
        builder.AddNpgsqlDataSource("record", configureDataSourceBuilder: RecordStoreServices.Tune);
        builder.AddSignIn("record-worker");
        builder.Services.AddRecordStore().AddFeeds().AddPathways().AddIdentityConsumer();
        builder.Services.AddSingleton<WorklistStore>();
        AddFeedsIn(builder);
        AddConsumers(builder.Services);
        builder.Services.AddAuditSeals(builder.Configuration);
        builder.AddJobs();
        var app = builder.Build();
        app.UseExceptionHandler();
        // The hash is of the one style that Hangfire 1.8.25 writes into its pages.
        app.UseSecurityHeaders("default-src 'self'; style-src 'self' 'sha256-z7zcnw/4WalZqx+PrNaRnoeLz/G9WXuFqV1WCJ129sg='; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'");
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapDefaultEndpoints();
        app.MapJobs();
        return app;
    }

    private static void AddFeedsIn(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<MllpOptions>().BindConfiguration("Mllp").ValidateOnStart();
        builder.Services.AddSingleton<Microsoft.Extensions.Options.IValidateOptions<MllpOptions>, MllpOptionsValidator>();
        builder.Services.AddSingleton<MessageDesk>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Outcomes>());
        builder.Services.AddSingleton<MllpListener>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<MllpListener>());
        builder.Services.AddHostedService<MessageMapping>();
        builder.Services.AddOptions<FileDropOptions>().BindConfiguration("Files");
        builder.Services.AddHostedService<FileDrop>();
    }

    private static void AddConsumers(IServiceCollection services)
    {
        services.AddChangeConsumer(EvaluatePathways.Name, ChangesBy.Person, provider => provider.GetRequiredService<EvaluatePathways>().Handle);
        services.AddSingleton<CoordinateReferrals>();
        services.AddChangeConsumer(CoordinateReferrals.Name, ChangesBy.Person, provider => provider.GetRequiredService<CoordinateReferrals>().Handle);
        services.AddTransient<ClocksDue>();
        services.AddTransient<EscalateReferrals>();
    }
}
