using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AppHost.Local.Running;

/// <summary>A plain page: each resource, its state, its address, the last lines of its log.</summary>
internal sealed class StatusPage : IAsyncDisposable
{
    private readonly WebApplication app;

    private StatusPage(WebApplication app, string address) => (this.app, Address) = (app, address);

    public string Address { get; }

    public static async Task<StatusPage> Start(LocalStack stack, int port, CancellationToken cancellation)
    {
        var chosen = port == 0 ? Ports.Free() : port;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://localhost:{chosen}").UseKestrel(options => options.AddServerHeader = false);
        var app = builder.Build();
        app.MapGet("/", () => Results.Text(Html(stack), "text/html; charset=utf-8"));
        app.MapGet("/health", () => stack.States.All(Good) ? Results.Text("Healthy") : Results.Text("Unhealthy", statusCode: StatusCodes.Status503ServiceUnavailable));
        app.MapGet("/alive", () => Results.Text("Healthy"));
        await app.StartAsync(cancellation);
        return new(app, $"http://localhost:{chosen}");
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static bool Good(ResourceState state) => state.State is "Healthy" or "Completed";

    private static string Html(LocalStack stack)
    {
        var html = new StringBuilder("""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="refresh" content="5"><title>MSE shared record: the stack</title><style>
            body{font:16px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:70rem;padding:0 1rem;color:#212b32}
            table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d8dde0;vertical-align:top}
            .Healthy,.Completed{color:#00593b;font-weight:600}.Failed,.Unhealthy,.Restarting{color:#b10e1e;font-weight:600}
            pre{background:#f0f4f5;padding:.6rem;overflow:auto;max-height:20rem;font-size:13px;white-space:pre-wrap;overflow-wrap:anywhere}
            a{color:#005eb8}div.wide{overflow-x:auto}</style></head><body><main><h1>MSE shared record: the stack</h1><div class="wide" tabindex="0" role="region" aria-label="Resources"><table>
            <thead><tr><th scope="col">Resource</th><th scope="col">State</th><th scope="col">Since</th><th scope="col">Restarts</th><th scope="col">Address</th></tr></thead><tbody>
            """);
        foreach (var state in stack.States)
        {
            var address = state.Address is { } url && url.StartsWith("http", StringComparison.Ordinal) ? $"<a href=\"{url}\">{url}</a>" : state.Address ?? "";
            html.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"<tr><th scope=\"row\"><a href=\"#{state.Name}\">{state.Name}</a></th><td class=\"{state.State}\">{state.State}</td><td>{state.Since:HH:mm:ss}</td><td>{state.Restarts}</td><td>{address}</td></tr>");
        }

        html.Append("</tbody></table></div>");
        foreach (var state in stack.States)
            html.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"<h2 id=\"{state.Name}\">{state.Name}</h2><pre tabindex=\"0\" role=\"region\" aria-label=\"Log of {state.Name}\">{WebUtility.HtmlEncode(string.Join('\n', state.Lines.TakeLast(30)))}</pre>");
        return html.Append("</main></body></html>").ToString();
    }
}
