using Microsoft.AspNetCore.Authorization;
using Record.Api.Audit;
using Record.Api.Feeds;
using Record.Api.Fhir;
using Record.Api.Identity;
using Record.Api.People;
using Record.Api.Referrals;
using Record.Api.Teams;
using Record.Api.Worklists;
using Record.Core;
using Record.Core.Audit;
using Record.Core.Audit.Reading;
using Record.Core.Audit.Unusual;
using Record.Core.Feeds;
using Record.Core.Journeys;
using Record.Core.Pathways;
using Record.Core.Worklists;

namespace Record.Api;

/// <summary>The records API: FHIR R4 at <c>/fhir</c>, and beside it what our own pages and feeds need.</summary>
public sealed class RecordApiHost
{
    private const long LargestBody = 32 * 1024 * 1024; // beside /fhir, which has a limit of its own

    /// <summary>Puts the service together.</summary>
    public static WebApplication Build(string[] args) => Build(args, _ => { });

    /// <summary>Puts it together with other parts: what a benchmark compares with.</summary>
    internal static WebApplication Build(string[] args, Action<IServiceCollection> compose)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = LargestBody;
            options.AddServerHeader = false;
        });
        builder.AddServiceDefaults();
        builder.AddNpgsqlDataSource("record", configureDataSourceBuilder: RecordStoreServices.Tune);
        builder.AddRecordAuthentication();
        builder.AddClientLimits();
        builder.Services.AddRecordStore().AddFeeds().AddPathways().AddStewards();
        builder.Services.AddSingleton<WorklistStore>();
        builder.Services.AddSingleton<Worklist>();
        builder.Services.AddSingleton<JourneyReader>();
        builder.Services.AddRequestAccess();
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusedActivities>();
        builder.Services.AddSingleton<AuditReadStore>();
        builder.Services.AddSingleton<AuditEvents>();
        builder.Services.AddSingleton<UnusualReviewStore>();
        FhirServices.Add(builder.Services, builder.Configuration);
        compose(builder.Services);
        var app = builder.Build();
        app.UseForwardedAddress();
        app.UseAudit(RequestAccess.Of);
        app.UseExceptionHandler(FhirStatus.HandleFault);
        app.UseSecurityHeaders();
        app.UseStatusCodePages(FhirStatus.Explain);
        app.UseBearerTokens();
        app.UseRateLimiter();
        app.UsePurposeOfUse();
        app.UseAuthorization();
        app.MapDefaultEndpoints();
        app.MapFhir();
        app.MapAccess();
        app.MapGovernance();
        app.MapPeople();
        app.MapWorklists();
        app.MapReferrals();
        app.MapFeeds();
        app.MapIdentity();
        app.MapTeams();
        app.MapAudit();
        return app;
    }
}
