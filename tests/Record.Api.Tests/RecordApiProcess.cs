using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Testing;

namespace Record.Api.Tests;

/// <summary>The records API as a process of its own, which a test may kill.</summary>
public sealed class RecordApiProcess : IAsyncDisposable
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private readonly Process process;
    private readonly TestIssuer issuer;

    private RecordApiProcess(Process process, TestIssuer issuer, int port) => (this.process, this.issuer, Base) = (process, issuer, $"http://127.0.0.1:{port}/fhir");

    public string Base { get; }

    /// <summary>Bytes of memory that it holds.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    public static async Task<RecordApiProcess> Start(PostgresDatabase database, TestIssuer issuer, params string[] settings)
    {
        var port = PostgresServer.FreePort();
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(Checkout.Root, "Record.Api", "bin", output.Parent!.Name, output.Name, "Record.Api.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. RecordApi.Arguments(database, issuer, $"--urls=http://127.0.0.1:{port}"), .. settings]) { RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var api = new RecordApiProcess(process, issuer, port);
        for (var i = 0; ; i++)
        {
            try
            {
                using var answer = await api.http.GetAsync(new Uri($"http://127.0.0.1:{port}/alive"));
                if (answer.IsSuccessStatusCode) return api;
            }
            catch (HttpRequestException) when (i < 600 && !process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    public async Task<FhirResponse> Send(HttpMethod method, string path, HttpContent? content = null, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith("http", StringComparison.Ordinal) ? path : Base + path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Token("system"));
        using var response = await http.SendAsync(request, cancellation);
        return new FhirResponse(response, await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    public Task<FhirResponse> Send(HttpMethod method, string path, string body, string mediaType = "application/fhir+json") => Send(method, path, new StringContent(body, Encoding.UTF8, mediaType));

    /// <summary>Ends it at once, as a power cut would.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await Kill();
        process.Dispose();
        http.Dispose();
    }

    public override string ToString() => process.Id.ToString(CultureInfo.InvariantCulture);
}
