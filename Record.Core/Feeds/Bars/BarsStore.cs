using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;
using Record.Core.Fhir;
using Record.Core.Organisations;

namespace Record.Core.Feeds.Bars;

/// <summary>One request of a conversation.</summary>
public sealed record BarsExchange(Guid Request, string Event, string Reason, string Sender, DateTimeOffset At);

/// <summary>Processes BaRS messages, each request id once: the request and what it writes are one transaction. All SQL of BaRS is in this file.</summary>
public sealed class BarsStore(NpgsqlDataSource database, ResourceStore store, CareSystem system, TimeProvider clock)
{
    private const string Insert = """
        insert into record.bars_request (request, correlation, sender, event, reason, received_at, body) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
        """;

    private const string OfConversation = """
        select request, event, reason, sender, received_at from record.bars_request where correlation = $1 and ($2::text is null or sender = $2) order by received_at, request
        """;

    /// <summary>Processes a message; a request id that was used before has no second effect.</summary>
    /// <returns>The MessageHeader of the answer.</returns>
    public async Task<Result<JsonObject>> Process(Access access, string? requestId, string? correlationId, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        if (!access.IsSystem) return BarsErrors.Forbidden;
        if (!Guid.TryParse(requestId, out var request) || !Guid.TryParse(correlationId, out var correlation)) return BarsErrors.Headers;
        if (!BarsMessage.Read(body, access.Client, system).TryGet(out var message, out var error)) return error;
        await using var transaction = await store.Begin(access, "bars", cancellation);
        await using (var command = new NpgsqlCommand(Insert, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = request }, new() { Value = correlation }, new() { Value = access.Client }, new() { Value = message.Event }, new() { Value = message.Reason },
                new() { Value = clock.GetUtcNow() }, new() { Value = body.ToArray() },
            },
        })
            if (await command.ExecuteNonQueryAsync(cancellation) == 0) return BarsErrors.Duplicate;
        foreach (var (type, id, json) in message.Resources) transaction.Put(type, id, json);
        var committed = await transaction.Commit(cancellation);
        return committed.TryGet(out _, out error) ? Answer(message) : error;
    }

    /// <summary>The requests of a conversation, first to last: a system sees its own.</summary>
    public async Task<Result<IReadOnlyList<BarsExchange>>> Conversation(Access access, Guid correlation, CancellationToken cancellation)
    {
        if (!access.IsSystem && access.Role != Roles.FeedManager) return BarsErrors.Forbidden;
        await using var command = database.CreateCommand(OfConversation);
        command.Parameters.Add(new() { Value = correlation });
        command.Parameters.Add(new() { Value = access.IsSystem ? access.Client : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        var exchanges = new List<BarsExchange>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) exchanges.Add(new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4)));
        return Result<IReadOnlyList<BarsExchange>>.Of(exchanges);
    }

    private JsonObject Answer(BarsMessage message) => new()
    {
        ["resourceType"] = "Bundle",
        ["type"] = "message",
        ["timestamp"] = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture),
        ["entry"] = new JsonArray(new JsonObject
        {
            ["resource"] = new JsonObject
            {
                ["resourceType"] = "MessageHeader",
                ["eventCoding"] = new JsonObject { ["system"] = "https://fhir.nhs.uk/CodeSystem/message-events-bars", ["code"] = message.Event.Replace("-request", "-response", StringComparison.Ordinal) },
                ["source"] = new JsonObject { ["name"] = "MSE shared record", ["endpoint"] = "urn:mse-epr:record-api" },
                ["response"] = new JsonObject { ["identifier"] = message.HeaderId.Length > 0 ? message.HeaderId : "unknown", ["code"] = "ok" },
                ["focus"] = new JsonArray([.. message.Resources.Where(r => r.Type is "ServiceRequest" or "Appointment").Select(r => (JsonNode)new JsonObject { ["reference"] = $"{r.Type}/{r.Id}" })]),
            },
        }),
    };
}
