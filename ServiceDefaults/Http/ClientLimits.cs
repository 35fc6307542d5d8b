using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>How many requests one client may send; section <c>RateLimits</c>.</summary>
public sealed class ClientLimitOptions
{
    /// <summary>Requests a second of one signed-in client, over a while. 1 to 1,000,000; 50,000 unless set: above what one database answers, so that only a runaway meets it.</summary>
    [Range(1, 1_000_000)]
    public int PerSecond { get; set; } = 50_000;

    /// <summary>Requests a second of one network address without a valid sign-in. 1 to 1,000,000; 500 unless set.</summary>
    [Range(1, 1_000_000)]
    public int AnonymousPerSecond { get; set; } = 500;
}

[OptionsValidator]
internal sealed partial class ClientLimitOptionsValidator : IValidateOptions<ClientLimitOptions>;

/// <summary>Limits each client by itself: who asks too often hears 429 and when to come back; nobody else waits for it.</summary>
public static class ClientLimits
{
    private const string Sentence = "Too many requests. Wait as long as the header Retry-After says, then go on more slowly.";

    private static readonly string Outcome =
        $$"""{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled","details":{"coding":[{"system":"https://errors.mse-epr.nhs.uk","code":"http.too-many-requests"}],"text":"{{Sentence}}"},"diagnostics":"{{Sentence}}"}]}""";

    /// <summary>Registers the limits.</summary>
    public static void AddClientLimits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ClientLimitOptions>().BindConfiguration("RateLimits").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ClientLimitOptions>, ClientLimitOptionsValidator>();
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (rejected, cancellation) => Explain(rejected, cancellation);
        });
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<ClientLimitOptions>>((limiter, options) => limiter.GlobalLimiter = Limiter(options.Value));
    }

    private static PartitionedRateLimiter<HttpContext> Limiter(ClientLimitOptions options) => PartitionedRateLimiter.Create<HttpContext, string>(context =>
        context.User.Identity?.IsAuthenticated == true
            ? RateLimitPartition.GetTokenBucketLimiter(Client(context), _ => Bucket(options.PerSecond))
            : RateLimitPartition.GetTokenBucketLimiter("address:" + context.Connection.RemoteIpAddress, _ => Bucket(options.AnonymousPerSecond)));

    private static string Client(HttpContext context) => $"{context.User.FindFirst("client_id")?.Value}/{context.User.FindFirst("sub")?.Value}";

    private static TokenBucketRateLimiterOptions Bucket(int perSecond) => new()
    {
        TokenLimit = perSecond,
        TokensPerPeriod = Math.Max(1, perSecond / 10),
        ReplenishmentPeriod = perSecond >= 10 ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(1.0 / perSecond),
        QueueLimit = 0,
    };

    private static async ValueTask Explain(OnRejectedContext rejected, CancellationToken cancellation)
    {
        var http = rejected.HttpContext;
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
        http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.CacheControl = "no-store";
        if (!http.Request.Path.StartsWithSegments("/fhir"))
        {
            await TypedResults.Problem(type: "https://errors.mse-epr.nhs.uk/http.too-many-requests", title: "TooManyRequests", detail: Sentence, statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(http);
            return;
        }

        http.Response.ContentType = "application/fhir+json; charset=utf-8";
        await http.Response.WriteAsync(Outcome, cancellation);
    }
}
