using Npgsql;
using NpgsqlTypes;
using Record.Core.Organisations;

namespace Record.Core.Feeds;

/// <summary>Reads how feeds stand. All SQL of measuring feeds is in this file.</summary>
public sealed class FeedStore(NpgsqlDataSource database, CareSystem system, TimeProvider clock)
{
    private const double SurelyExpected = 7; // of a Poisson count with this mean, none comes once in a thousand times
    private static readonly (string Name, TimeSpan Span)[] Spans = [("1h", TimeSpan.FromHours(1)), ("24h", TimeSpan.FromDays(1)), ("30d", TimeSpan.FromDays(30))];

    // What waits is read from indexes that hold nothing else; the rest was counted when it came.
    private const string States = """
        with held as (
            select source, count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'refused') as refused
            from record.message where state in ('waiting', 'refused') and ($1::text is null or source = $1) group by source),
        ahead as (
            select source, count(*) as backlog, min(received_at) as oldest
            from record.message where state = 'received' and ($1::text is null or source = $1) group by source)
        select c.source, c.received, c.received - coalesce(h.waiting, 0) - coalesce(h.refused, 0) - coalesce(a.backlog, 0),
            coalesce(h.waiting, 0), coalesce(h.refused, 0), coalesce(a.backlog, 0), c.first_received_at, c.last_received_at, c.last_event_at, a.oldest
        from record.message_count c left join held h on h.source = c.source left join ahead a on a.source = c.source
        where $1::text is null or c.source = $1
        """;

    private const string Lanes = """
        select lane, max(lane_place) from record.message where source = $1 and lane is not null and state <> 'refused' group by lane
        """;

    private const string WindowsSql = """
        select w.name, count(m.id), count(*) filter (where m.state = 'mapped'), count(*) filter (where m.state = 'waiting'), count(*) filter (where m.state = 'refused'),
            percentile_disc(array[0.5, 0.95, 0.99]) within group (order by greatest(0, extract(epoch from m.acknowledged_at - m.received_at)::float8 * 1000)) filter (where m.id is not null),
            percentile_disc(0.95) within group (order by greatest(0, extract(epoch from m.mapped_at - m.received_at)::float8)) filter (where m.mapped_at is not null)
        from unnest($2::text[], $3::timestamptz[]) with ordinality as w (name, since, place)
        left join record.message m on m.source = $1 and m.received_at >= w.since
        group by w.name, w.place order by w.place
        """;

    // How many came, in each of the four weeks before, in the hours for which nothing has come now. Weeks before the first message do not count.
    private const string Expected = """
        select s.source, avg(e.n)::float8
        from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as s (source, first, last)
        cross join generate_series(1, 4) as week
        cross join lateral (select count(*) as n from record.message m where m.source = s.source
            and m.received_at > s.last - week * interval '7 days' and m.received_at <= $4 - week * interval '7 days') e
        where s.first <= s.last - week * interval '7 days'
        group by s.source
        """;

    /// <summary>All feeds that the caller may see, in the order of configuration.</summary>
    public async Task<Result<IReadOnlyList<FeedState>>> All(Access access, CancellationToken cancellation)
    {
        var seen = system.Sources.Where(source => FeedAccess.MaySee(access, source, system)).ToList();
        if (seen.Count == 0) return FeedErrors.Forbidden;
        return Result<IReadOnlyList<FeedState>>.Of(await Read(seen, null, FeedAccess.MaySeeUnknown(access, system), cancellation));
    }

    /// <summary>One feed with its measures over time and the last control id of each lane.</summary>
    public async Task<Result<FeedState>> One(Access access, string source, CancellationToken cancellation)
    {
        if (source == UnknownSenderStore.Source && FeedAccess.MaySeeUnknown(access, system))
            return ((await Read([], source, true, cancellation)).FirstOrDefault() ?? Strangers(new(source, "", "", "", "", false, false, 0, 0, 0, 0, 0, null, null, null, null))) with { Windows = await Windows(source, cancellation) };
        if (system.Source(source) is not { } known) return system.Sources.Any(s => FeedAccess.MaySee(access, s, system)) ? FeedErrors.UnknownSource : FeedErrors.Forbidden;
        if (!FeedAccess.MaySee(access, known, system)) return FeedErrors.Forbidden;
        var state = (await Read([known], source, false, cancellation)).Single();
        return state with { LastControlIds = await LastOfLanes(source, cancellation), Windows = await Windows(source, cancellation) };
    }

    private async Task<List<FeedState>> Read(IReadOnlyList<SourceSystem> sources, string? only, bool withUnknown, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var measured = new Dictionary<string, FeedState>();
        await using (var command = database.CreateCommand(States))
        {
            command.Parameters.Add(new() { Value = (object?)only ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            await using var row = await command.ExecuteReaderAsync(cancellation);
            DateTimeOffset? Time(int i) => row.IsDBNull(i) ? null : row.GetFieldValue<DateTimeOffset>(i);
            while (await row.ReadAsync(cancellation))
                measured[row.GetString(0)] = new(row.GetString(0), "", "", "", "", false, false, row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4),
                    row.GetInt64(5), Time(6), Time(7), Time(8), Time(9) is { } oldest ? (now - oldest).TotalSeconds : 0);
        }

        var expected = await ExpectedSince([.. measured.Values.Where(state => state.LastReceivedAt is not null)], now, cancellation);
        var strangers = withUnknown && measured.TryGetValue(UnknownSenderStore.Source, out var unknown) && unknown.Received > 0 ? Strangers(unknown) : null;
        return [.. sources.Select(source =>
        {
            var state = (measured.GetValueOrDefault(source.Code) ?? new FeedState(source.Code, "", "", "", "", false, false, 0, 0, 0, 0, 0, null, null, null, null)) with
            {
                Name = source.Name, Organisation = source.Organisation, Setting = source.Setting, Protocol = source.Protocol, Simulated = source.Simulated,
                InProgramme = source.InProgramme, OrganisationName = system.Organisation(source.Organisation)?.Name ?? source.Organisation,
            };
            return state with { Silence = Silence(source, state, expected.TryGetValue(source.Code, out var n) ? n : null, now) };
        }), .. strangers is null ? (FeedState[])[] : [strangers]];
    }

    private static FeedState Strangers(FeedState state) => state with { Name = "Senders that are not configured", Protocol = "hl7v2" };

    private static FeedSilence? Silence(SourceSystem source, FeedState state, double? expected, DateTimeOffset now)
    {
        if (state.LastReceivedAt is not { } last) return source.InProgramme ? new(null, null) : null;
        if (expected is { } usual) return usual >= SurelyExpected ? new(last, usual) : null;
        return source.InProgramme && now - last > source.SilentAfter ? new(last, null) : null;
    }

    private async Task<Dictionary<string, double>> ExpectedSince(IReadOnlyList<FeedState> states, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Expected);
        command.Parameters.Add(new() { Value = states.Select(state => state.Source).ToArray() });
        command.Parameters.Add(new() { Value = states.Select(state => state.FirstReceivedAt!.Value).ToArray() });
        command.Parameters.Add(new() { Value = states.Select(state => state.LastReceivedAt!.Value).ToArray() });
        command.Parameters.Add(new() { Value = now });
        var expected = new Dictionary<string, double>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) expected[row.GetString(0)] = row.GetDouble(1);
        return expected;
    }

    private async Task<Dictionary<string, string>> LastOfLanes(string source, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Lanes);
        command.Parameters.Add(new() { Value = source });
        var lanes = new Dictionary<string, string>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) lanes[row.GetString(0)] = $"{row.GetString(0)}-{row.GetInt64(1)}";
        return lanes;
    }

    private async Task<List<FeedWindow>> Windows(string source, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand(WindowsSql);
        command.Parameters.Add(new() { Value = source });
        command.Parameters.Add(new() { Value = Spans.Select(span => span.Name).ToArray() });
        command.Parameters.Add(new() { Value = Spans.Select(span => now - span.Span).ToArray() });
        var windows = new List<FeedWindow>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var acknowledged = row.IsDBNull(5) ? null : row.GetFieldValue<double[]>(5);
            windows.Add(new(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4),
                acknowledged?[0], acknowledged?[1], acknowledged?[2], row.IsDBNull(6) ? null : row.GetDouble(6)));
        }

        return windows;
    }
}
