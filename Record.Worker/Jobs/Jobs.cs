using Hangfire;
using Hangfire.PostgreSql;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Record.Worker.Pathways;
using Record.Worker.Referrals;

namespace Record.Worker.Jobs;

/// <summary>Hangfire on PostgreSQL: only what is due by time. What a write causes is a consumer of the change log.</summary>
internal static class Jobs
{
    private const string Policy = "Jobs";

    public static void AddJobs(this WebApplicationBuilder builder)
    {
        var connection = builder.Configuration.GetConnectionString("record");
        builder.Services.AddHangfire(hangfire => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UsePostgreSqlStorage(options => options.UseNpgsqlConnection(connection), new PostgreSqlStorageOptions
            {
                SchemaName = "hangfire", QueuePollInterval = TimeSpan.FromSeconds(5), InvisibilityTimeout = TimeSpan.FromMinutes(5),
            }));
        builder.Services.AddHangfireServer(options =>
        {
            options.WorkerCount = 2;
            options.SchedulePollingInterval = TimeSpan.FromSeconds(5);
            options.ServerName = $"record-worker:{Environment.ProcessId}";
        });
        builder.Services.AddHostedService<Schedule>();
        var roles = RoleTable.Read(builder.Configuration).Roles(Activities.Jobs);
        builder.Services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy
            .AddAuthenticationSchemes(CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme)
            .RequireAuthenticatedUser().RequireRole(roles));
    }

    /// <summary>The dashboard, behind sign-in, for those who run the service.</summary>
    public static void MapJobs(this WebApplication app)
    {
        app.MapHangfireDashboard("/hangfire", new DashboardOptions { Authorization = [], DashboardTitle = "Jobs of the shared record", AppPath = null }).RequireAuthorization(Policy);
        app.MapGet("/", () => TypedResults.Redirect("/hangfire"));
        app.MapGet("/access-denied", () => TypedResults.Text("Your role does not open the jobs of the shared record.", statusCode: StatusCodes.Status403Forbidden)).AllowAnonymous();
    }

    // Recurring jobs are set at start; the same again changes nothing.
    private sealed class Schedule(IRecurringJobManager jobs) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            jobs.AddOrUpdate<ClocksDue>("clocks-due", job => job.Run(CancellationToken.None), Cron.Minutely());
            jobs.AddOrUpdate<EscalateReferrals>("escalate-referrals", job => job.Run(CancellationToken.None), Cron.Minutely());
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
