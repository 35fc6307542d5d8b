using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Bench.Load;
using Bench.Running;
using Npgsql;
using Record.Core;
using Record.Core.Audit;
using Record.Core.ChangeLog;
using Record.Core.Fhir;
using Record.Core.Identity;
using Record.Core.Identity.Evaluation;

namespace Bench.Linkage;

/// <summary>One new patient at a time against everybody: asked by <c>Patient/$match</c>, and linked by the identity consumer.</summary>
internal static class SingleMatches
{
    private const int WarmUp = 100;

    /// <summary>Patients to be matched: half of them new records of people who are there, half of people who are not.</summary>
    public static List<InventedRecord> Patients(int seed, int people, int count)
    {
        var there = new InventedRecords(seed, 1, visit: 1).Of(people).Where((_, i) => i % Math.Max(1, people / count) == 0).Take(count / 2);
        return [.. there.Zip(new InventedRecords(seed + 1).Of(count)).SelectMany(pair => new[] { pair.First, pair.Second })];
    }

    public static async Task<Histogram> Ask(BenchStack stack, IReadOnlyList<InventedRecord> patients, CancellationToken cancellation)
    {
        await using var doctor = await Caller.Clinician(stack);
        using var http = new HttpClient();
        var times = new Histogram();
        foreach (var (i, patient) in patients.Index())
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{stack.ApiAddress}/fhir/Patient/$match")
            {
                Content = new StringContent($$"""{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{{patient.Patient.ToJsonString()}}}]}""", Encoding.UTF8, "application/fhir+json"),
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", doctor.Token) },
            };
            var started = Stopwatch.GetTimestamp();
            using var answer = await http.SendAsync(request, cancellation);
            await answer.Content.ReadAsByteArrayAsync(cancellation);
            if (i >= WarmUp) times.Add(Stopwatch.GetTimestamp() - started);
            answer.EnsureSuccessStatusCode();
        }

        return times;
    }

    public static async Task<Histogram> Link(BenchStack stack, IReadOnlyList<InventedRecord> patients, CancellationToken cancellation)
    {
        var builder = new NpgsqlDataSourceBuilder(stack.As("record_worker"));
        RecordStoreServices.Tune(builder);
        await using var database = builder.Build();
        await using var audit = new AuditLog(database, TimeProvider.System);
        await using var store = new ResourceStore(database, audit, TimeProvider.System);
        var (access, times, consumer) = (Access.OfService("record-worker/identity"), new Histogram(), new LinkPatients(TimeProvider.System));
        foreach (var (i, patient) in patients.Index())
        {
            var id = $"new-{patient.Id}";
            await using (var writing = await store.Begin(access, "feed:invented", cancellation))
            {
                writing.Put("Patient", id, patient.Patient);
                await writing.Commit(cancellation);
            }

            var started = Stopwatch.GetTimestamp();
            await using var transaction = await store.Begin(access, LinkPatients.Name, cancellation);
            await consumer.Handle([new Change(0, "Patient", id, 1, id, null, "feed:invented", TimeProvider.System.GetUtcNow())], transaction, cancellation);
            await transaction.Commit(cancellation);
            if (i >= WarmUp) times.Add(Stopwatch.GetTimestamp() - started);
        }

        return times;
    }
}
