using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Bench.Fhir;
using Bench.Load;
using Bench.Running;
using Npgsql;

namespace Bench.Scale;

/// <summary>Brings ndjson into the record: by <c>$import</c>, or where that is not offered by transactions of 500.</summary>
internal sealed class Loading(BenchStack stack, Generator generator)
{
    private const int EntriesATransaction = 500;

    private bool byTransactions;

    /// <summary>Loads, then does what autovacuum would do a little later, so that nothing is measured on a table without statistics.</summary>
    public async Task Load(string what, IEnumerable<byte[]> parts, int resources, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await using var machine = await Caller.Machine(stack);
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(10), BaseAddress = new Uri($"http://{stack.ApiAddress}") };
        foreach (var part in parts)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", machine.Token);
            if (!byTransactions) byTransactions = !await Imported(http, part, cancellation);
            if (byTransactions) generator.RunOnce([.. Transactions(part)], 16, null);
        }

        var taken = Stopwatch.GetElapsedTime(started);
        await using var database = NpgsqlDataSource.Create(stack.Owner + ";Command Timeout=0;Options=-c statement_timeout=0");
        await using var vacuum = database.CreateCommand("vacuum (analyze)");
        await vacuum.ExecuteNonQueryAsync(cancellation);
        Table.Say($"| (loading by {(byTransactions ? "transactions" : "$import")}: {what}) | | {resources / taken.TotalSeconds:#,0} resources | | | | | | | |");
    }

    private static async Task<bool> Imported(HttpClient http, byte[] part, CancellationToken cancellation)
    {
        try
        {
            await ImportRow.Import(http, part, cancellation);
            return true;
        }
        catch (LoadFailure failure) when (failure.Message.StartsWith("$import answered 501", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static IEnumerable<Exchange> Transactions(byte[] ndjson) => Encoding.UTF8.GetString(ndjson).Split('\n', StringSplitOptions.RemoveEmptyEntries).Chunk(EntriesATransaction)
        .Select(lines => Exchange.Send("POST", "/fhir", Encoding.UTF8.GetBytes($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', lines.Select(Entry))}}]}"""), 200));

    private static string Entry(string line)
    {
        using var resource = JsonDocument.Parse(line);
        var (type, id) = (resource.RootElement.GetProperty("resourceType").GetString(), resource.RootElement.GetProperty("id").GetString());
        return $$$"""{"resource":{{{line}}},"request":{"method":"PUT","url":"{{{type}}}/{{{id}}}"}}""";
    }
}
