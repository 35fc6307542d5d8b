using Npgsql;
using NpgsqlTypes;
using Record.Core.Organisations;

namespace Record.Core.Feeds;

/// <summary>How a source system's feed stands, measured from what arrived.</summary>
public sealed record FeedState(
    string Source, string Name, string Organisation, string Setting, string Protocol, bool Simulated, bool InProgramme,
    long Received, long Mapped, long Waiting, long Refused, long Backlog,
    DateTimeOffset? FirstReceivedAt, DateTimeOffset? LastReceivedAt, DateTimeOffset? LastEventAt, double? LagSeconds)
{
    /// <summary>The last control id of each lane the sender counts.</summary>
    public IReadOnlyDictionary<string, string> LastControlIds { get; init; } = new Dictionary<string, string>();
}

/// <summary>A message as the feed's manager sees it: what is wrong, never what it says of a patient.</summary>
public sealed record MessageRow(long Id, string ControlId, string Trigger, string State, string? Reason, DateTimeOffset ReceivedAt, DateTimeOffset? EventTime);

/// <summary>Reads how feeds stand and puts mended messages back. All SQL of feed management is in this file.</summary>
public sealed class FeedStore(NpgsqlDataSource database, CareSystem system, TimeProvider clock)
{
    private const string States = """
        select source, count(*), count(*) filter (where state = 'mapped'), count(*) filter (where state = 'waiting'),
            count(*) filter (where state = 'refused'), count(*) filter (where state = 'received'),
            min(received_at), max(received_at), max(event_time) filter (where state <> 'refused'), min(received_at) filter (where state = 'received')
        from record.message where $1::text is null or source = $1 group by source
        """;

    private const string Lanes = """
        select lane, max(lane_place) from record.message where source = $1 and lane is not null and state <> 'refused' group by lane
        """;

    private const string List = """
        select id, control_id, trigger, state, reason, received_at, event_time from record.message
        where source = $1 and ($2::text is null or state = $2) and id > $3 order by id limit $4
        """;

    private const string ReplaySql = """
        update record.message set state = 'received', reason = null
        where source = $1 and state = 'waiting' and ($2::bigint is null or id = $2)
        """;

    /// <summary>All feeds, in the order of configuration.</summary>
    public async Task<Result<IReadOnlyList<FeedState>>> All(Access access, CancellationToken cancellation) =>
        MaySee(access) ? Result<IReadOnlyList<FeedState>>.Of(await Read(null, cancellation)) : FeedErrors.Forbidden;

    /// <summary>One feed with the last control id of each lane.</summary>
    public async Task<Result<FeedState>> One(Access access, string source, CancellationToken cancellation)
    {
        if (!MaySee(access)) return FeedErrors.Forbidden;
        if (system.Source(source) is null) return FeedErrors.UnknownSource;
        var state = (await Read(source, cancellation)).Single(feed => feed.Source == source);
        await using var command = database.CreateCommand(Lanes);
        command.Parameters.Add(new() { Value = source });
        var lanes = new Dictionary<string, string>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) lanes[row.GetString(0)] = $"{row.GetString(0)}-{row.GetInt64(1)}";
        return state with { LastControlIds = lanes };
    }

    /// <summary>Messages of a feed after one of them, a hundred at a time.</summary>
    public async Task<Result<IReadOnlyList<MessageRow>>> Messages(Access access, string source, string? state, long after, CancellationToken cancellation)
    {
        if (!MaySee(access)) return FeedErrors.Forbidden;
        if (system.Source(source) is null && source != "unknown") return FeedErrors.UnknownSource;
        await using var command = database.CreateCommand(List);
        command.Parameters.Add(new() { Value = source });
        command.Parameters.Add(new() { Value = (object?)state ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = 100 });
        var rows = new List<MessageRow>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            rows.Add(new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4),
                row.GetFieldValue<DateTimeOffset>(5), row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6)));
        return Result<IReadOnlyList<MessageRow>>.Of(rows);
    }

    /// <summary>Puts messages that wait back to be mapped: one, or all of the source.</summary>
    /// <returns>How many were put back.</returns>
    public async Task<Result<int>> Replay(Access access, string source, long? message, CancellationToken cancellation)
    {
        if (!access.IsSystem && access.Role != Roles.FeedManager) return FeedErrors.Forbidden;
        await using var command = database.CreateCommand(ReplaySql);
        command.Parameters.Add(new() { Value = source });
        command.Parameters.Add(new() { Value = (object?)message ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        var count = await command.ExecuteNonQueryAsync(cancellation);
        return count == 0 && message is not null ? FeedErrors.NotWaiting : count;
    }

    private static bool MaySee(Access access) => access.IsSystem || access.Role is Roles.FeedManager or "programme-manager" or "programme-sro" or "board-member";

    private async Task<List<FeedState>> Read(string? only, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var measured = new Dictionary<string, FeedState>();
        await using var command = database.CreateCommand(States);
        command.Parameters.Add(new() { Value = (object?)only ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        DateTimeOffset? Time(int i) => row.IsDBNull(i) ? null : row.GetFieldValue<DateTimeOffset>(i);
        while (await row.ReadAsync(cancellation))
            measured[row.GetString(0)] = new(row.GetString(0), "", "", "", "", false, false, row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4),
                row.GetInt64(5), Time(6), Time(7), Time(8), Time(9) is { } oldest ? (now - oldest).TotalSeconds : 0);
        return [.. system.Sources.Select(source => (measured.GetValueOrDefault(source.Code) ?? new FeedState(source.Code, "", "", "", "", false, false, 0, 0, 0, 0, 0, null, null, null, null)) with
        {
            Name = source.Name, Organisation = source.Organisation, Setting = source.Setting, Protocol = source.Protocol, Simulated = source.Simulated, InProgramme = source.InProgramme,
        })];
    }
}
