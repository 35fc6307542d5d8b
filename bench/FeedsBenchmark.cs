using System.Diagnostics;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Bench.Running;
using Npgsql;

namespace Bench;

/// <summary>
/// The feeds, on disk that is waited for: how many messages a second are acknowledged and how soon, how many of the Simulated Hospital
/// mix are mapped, linked and searchable a second with every consumer running, and the lag at a given rate. Raw inserts stand beside.
/// </summary>
internal static class FeedsBenchmark
{
    private const string LagSql = """
        select count(*), coalesce(extract(epoch from clock_timestamp() - min(received_at)), 0)::float8 from record.message where state = 'received'
        """;

    private const string BehindSql = """
        select exists (select from record.consumer_cursor c join record.change l on l.partition = c.partition
            where c.consumer = 'identity' and l.xid >= c.window_start and (l.xid >= c.window_end or l.seq > c.seq))
        or exists (select from record.consumer_cursor c join record.person_change l on l.partition = c.partition
            where c.consumer <> 'identity' and l.xid >= c.window_start and (l.xid >= c.window_end or l.seq > c.seq))
        """;

    public static async Task<int> Run(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var options = Options.Parse(arguments, "connections", "seconds", "rate", "rounds");
        var (connections, span) = (options.Number("connections", 20), options.Seconds("seconds", 10));
        await using var stack = await BenchStack.Start(true, cancellation);
        await using var record = NpgsqlDataSource.Create(stack.Owner);
        Console.WriteLine("| what | a second | p50 ms | p99 ms | note |\n|---|---|---|---|---|");

        await using (var raw = NpgsqlDataSource.Create(await stack.CreateDatabase("raw", cancellation)))
            Print($"raw: one row of 700 bytes a commit, {connections} connections", await RawInserts(raw, connections, span, cancellation), span, "");
        var before = Processors(stack);
        var acknowledged = await Acknowledged(stack.MllpPort, connections, span, cancellation);
        var after = Processors(stack);
        double Each(double from, double to) => (to - from) * 1_000_000 / acknowledged.Count;
        await using (var mapped = record.CreateCommand("select count(*) from record.message where state = 'mapped'"))
            Print($"acknowledged, {connections} connections, one message in flight each", acknowledged, span,
                $"meanwhile {(long)(await mapped.ExecuteScalarAsync(cancellation))! / span.TotalSeconds:0} a second mapped; processor µs each: generator {Each(before.Own, after.Own):0}, worker {Each(before.Worker, after.Worker):0}, PostgreSQL {Each(before.Postgres, after.Postgres):0}");
        await Settled(record, cancellation);

        if (Mix(options.Number("rounds", 2)) is not { Count: > 0 } mix)
        {
            Console.WriteLine("| Simulated Hospital mix | | | | not run: SUITES_DIR does not hold hl7v2/simulated-hospital.zip |");
            return 0;
        }

        var half = mix.Count / 2;
        var clock = Stopwatch.StartNew();
        await SendAll(stack.MllpPort, connections, mix[..half], null, cancellation);
        var sent = clock.Elapsed;
        await Settled(record, cancellation);
        Console.WriteLine($"| Simulated Hospital mix, as fast as it goes: mapped, linked, searchable, tasks and clocks done | {half / clock.Elapsed.TotalSeconds:0} | | | {half} messages, sent in {sent.TotalSeconds:0.0} s, all done after {clock.Elapsed.TotalSeconds:0.0} s |");
        await AtRate(stack.MllpPort, record, connections, mix[half..], options.Number("rate", 500), cancellation);
        return 0;
    }

    private static (double Own, double Worker, double Postgres) Processors(BenchStack stack) =>
        (Machine.ProcessorSeconds(Environment.ProcessId, false), Machine.ProcessorSeconds(stack.Worker.Id, false), Machine.ProcessorSeconds(stack.PostgresId, true));

    private static async Task<List<double>> RawInserts(NpgsqlDataSource raw, int connections, TimeSpan span, CancellationToken cancellation)
    {
        await using (var create = raw.CreateCommand("create table row (id bigint generated always as identity primary key, body bytea not null)")) await create.ExecuteNonQueryAsync(cancellation);
        var body = new byte[700];
        return await Timed(connections, span, async (_, once) =>
        {
            await using var connection = await raw.OpenConnectionAsync(cancellation);
            await using var command = new NpgsqlCommand("insert into row (body) values ($1)", connection) { Parameters = { new() { Value = body } } };
            await command.PrepareAsync(cancellation);
            await once(async () => await command.ExecuteNonQueryAsync(cancellation));
        });
    }

    private static Task<List<double>> Acknowledged(int port, int connections, TimeSpan span, CancellationToken cancellation)
    {
        var number = 0;
        return Timed(connections, span, async (_, once) =>
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync("127.0.0.1", port, cancellation);
            var stream = client.GetStream();
            await once(async () =>
            {
                var n = Interlocked.Increment(ref number);
                await Exchange(stream, Frame($"MSH|^~\\&|basildon-pas|RAJ|MSE-RECORD|MSE|20260104101500||ADT^A31|bench-{n}|P|2.4|||AL|NE|GBR|UNICODE UTF-8\rEVN|A31|20260104101500||||20260104101500\rPID|1||B{n % 5000}^^^basildon-pas^PI||BENCH^Person{n}||19800201|F|||{n} High Street^^Basildon^^SS14 1AA^GBR^H||01632 960999\r"), cancellation);
            });
        });
    }

    // Each worker repeats its act until the time is over; the times of all acts come back.
    private static async Task<List<double>> Timed(int workers, TimeSpan span, Func<int, Func<Func<Task>, Task>, Task> work)
    {
        var end = Stopwatch.StartNew();
        var all = await Task.WhenAll(Enumerable.Range(0, workers).Select(async i =>
        {
            var times = new List<double>();
            await work(i, async act =>
            {
                while (end.Elapsed < span)
                {
                    var began = Stopwatch.GetTimestamp();
                    await act();
                    times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
            });
            return times;
        }));
        return [.. all.SelectMany(times => times)];
    }

    private static async Task<List<double>> SendAll(int port, int connections, IReadOnlyList<byte[]> messages, TimeSpan? between, CancellationToken cancellation)
    {
        var (next, clock) = (-1, Stopwatch.StartNew());
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            var times = new List<double>();
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync("127.0.0.1", port, cancellation);
            var stream = client.GetStream();
            for (var i = Interlocked.Increment(ref next); i < messages.Count; i = Interlocked.Increment(ref next))
            {
                if (between is { } pace && pace * i - clock.Elapsed is { } early && early > TimeSpan.Zero) await Task.Delay(early, cancellation);
                var began = Stopwatch.GetTimestamp();
                await Exchange(stream, messages[i], cancellation);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return times;
        }));
        return [.. all.SelectMany(times => times)];
    }

    private static async Task AtRate(int port, NpgsqlDataSource record, int connections, IReadOnlyList<byte[]> messages, int rate, CancellationToken cancellation)
    {
        var sending = SendAll(port, connections, messages, TimeSpan.FromSeconds(1.0 / rate), cancellation);
        var (lag, backlog, clock) = (0d, 0L, Stopwatch.StartNew());
        while (!sending.IsCompleted)
        {
            await using var command = record.CreateCommand(LagSql);
            await using (var row = await command.ExecuteReaderAsync(cancellation))
            {
                await row.ReadAsync(cancellation);
                (backlog, lag) = (Math.Max(backlog, row.GetInt64(0)), Math.Max(lag, row.GetDouble(1)));
            }

            await Task.Delay(250, cancellation);
        }

        Print($"Simulated Hospital mix at {rate} a second", await sending, clock.Elapsed, $"longest lag until mapped {lag:0.0} s, largest backlog {backlog}");
    }

    private static async Task Settled(NpgsqlDataSource record, CancellationToken cancellation)
    {
        while (true)
        {
            await using var lag = record.CreateCommand(LagSql);
            await using var behind = record.CreateCommand(BehindSql);
            if ((long)(await lag.ExecuteScalarAsync(cancellation))! == 0 && !(bool)(await behind.ExecuteScalarAsync(cancellation))!) return;
            await Task.Delay(100, cancellation);
        }
    }

    // Each round is the same people's lives under other local numbers.
    private static List<byte[]> Mix(int rounds)
    {
        var path = Path.Combine(Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data"), "hl7v2", "simulated-hospital.zip");
        if (!File.Exists(path)) return [];
        using var archive = ZipFile.OpenRead(path);
        var texts = archive.Entries.Where(e => e.Name.EndsWith(".hl7", StringComparison.Ordinal)).OrderBy(e => e.FullName, StringComparer.Ordinal).Select(entry =>
        {
            using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
            return reader.ReadToEnd();
        }).ToList();
        return [.. Enumerable.Range(1, rounds).SelectMany(round => texts.Select((text, i) => Frame(Again(text, round, i))))];
    }

    private static string Again(string text, int round, int place)
    {
        var end = text.IndexOf('\r', StringComparison.Ordinal);
        var header = text[..end].Split('|');
        header[9] = $"r{round}-{place}";
        return string.Join('|', header) + text[end..].Replace("^^^SIMULATOR MRN", $"r{round}^^^SIMULATOR MRN", StringComparison.Ordinal).Replace("^^^^visitid", $"r{round}^^^^visitid", StringComparison.Ordinal);
    }

    private static byte[] Frame(string message) => [0x0B, .. Encoding.UTF8.GetBytes(message), 0x1C, 0x0D];

    private static async Task Exchange(NetworkStream stream, byte[] frame, CancellationToken cancellation)
    {
        await stream.WriteAsync(frame, cancellation);
        var buffer = new byte[2048];
        for (var count = 1; count > 0 && !buffer.AsSpan(0, count).Contains((byte)0x1C);)
            if ((count = await stream.ReadAsync(buffer, cancellation)) == 0) throw new IOException("The listener closed the connection.");
    }

    private static void Print(string what, List<double> times, TimeSpan span, string note)
    {
        times.Sort();
        Console.WriteLine($"| {what} | {times.Count / span.TotalSeconds:0} | {times[times.Count / 2]:0.0} | {times[(int)(times.Count * 0.99)]:0.0} | {note} |");
    }
}
