using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Bench.Load;
using Bench.Running;

namespace Bench.Fhir;

/// <summary>Bulk import: all resources of the bundles as one ndjson, under their own ids, from the first byte sent to the finished job.</summary>
internal static class ImportRow
{
    public static async Task Measure(BenchStack stack, Meter meter, IReadOnlyList<SyntheaBundle> bundles, double raw, CancellationToken cancellation)
    {
        await using var machine = await Caller.Machine(stack);
        var (ndjson, lines) = Lines(bundles);
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(10), BaseAddress = new Uri($"http://{stack.ApiAddress}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", machine.Token);
        JsonElement result = default;
        var metered = await MeasureAsync(meter, async () => result = await Import(http, ndjson, cancellation), lines);
        Table.Line($"bulk import of ndjson, {lines:#,0} resources, {ndjson.Length >> 20} MB (resources)", 1, metered, 1, null, raw > 0 ? raw : null);
        Console.WriteLine($"\nThe import said: {result}\n");
    }

    /// <summary>Sends ndjson to <c>$import</c> and waits until the job has finished.</summary>
    /// <exception cref="LoadFailure">It was refused or did not finish.</exception>
    public static async Task<JsonElement> Import(HttpClient http, byte[] ndjson, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(ndjson) { Headers = { ContentType = new("application/fhir+ndjson") } };
        using var accepted = await http.PostAsync(new Uri("/fhir/$import", UriKind.Relative), content, cancellation);
        if (accepted.StatusCode != HttpStatusCode.Accepted || accepted.Content.Headers.ContentLocation is not { } job)
            throw new LoadFailure($"$import answered {(int)accepted.StatusCode}: {await accepted.Content.ReadAsStringAsync(cancellation)}");
        while (true)
        {
            using var state = await http.GetAsync(job, cancellation);
            var text = await state.Content.ReadAsStringAsync(cancellation);
            if (state.StatusCode == HttpStatusCode.OK) return Whole(JsonDocument.Parse(text).RootElement, ndjson.AsSpan().Count((byte)'\n'));
            if (state.StatusCode != HttpStatusCode.Accepted) throw new LoadFailure($"The import answered {(int)state.StatusCode}: {text}");
            await Task.Delay(50, cancellation);
        }
    }

    private static JsonElement Whole(JsonElement result, int lines)
    {
        var taken = result.GetProperty("output").EnumerateArray().Sum(output => output.GetProperty("count").GetInt32());
        return taken == lines ? result : throw new LoadFailure($"{taken} of {lines} lines were imported: {result}");
    }

    private static async Task<Metered> MeasureAsync(Meter meter, Func<Task> import, int lines)
    {
        var times = new Histogram();
        return await Task.Run(() => meter.Measure(() =>
        {
            var started = Stopwatch.GetTimestamp();
            import().GetAwaiter().GetResult();
            times.Add(Stopwatch.GetTimestamp() - started);
            var taken = Stopwatch.GetElapsedTime(started);
            return new Measurement(lines / taken.TotalSeconds, times, taken);
        }));
    }

    private static (byte[] Ndjson, int Lines) Lines(IReadOnlyList<SyntheaBundle> bundles)
    {
        using var bytes = new MemoryStream();
        var lines = 0;
        foreach (var bundle in bundles)
        {
            var entries = bundle.Entries();
            var names = entries.ToDictionary(entry => entry.FullUrl, entry => $"{entry.Type}/{entry.Resource.GetProperty("id").GetString()}");
            foreach (var entry in entries)
            {
                bytes.Write(Encoding.UTF8.GetBytes(Synthea.Resolve(entry.Resource.GetRawText(), names)));
                bytes.WriteByte((byte)'\n');
                lines++;
            }
        }

        return (bytes.ToArray(), lines);
    }
}
