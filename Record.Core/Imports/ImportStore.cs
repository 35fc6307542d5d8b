using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Npgsql;
using Record.Core.Fhir;

namespace Record.Core.Imports;

/// <summary>Imports: what was sent, how far it has been applied, what was refused. All SQL of imports is in this file.</summary>
public sealed class ImportStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string OpenSql = """
        insert into record.import_job (id, state, created, address, request, actor, role, organisation, purpose, client)
        values ($1, 'receiving', $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    private const string InputSql = """
        insert into record.import_input (job, number, name) values ($1, $2, $3)
        """;

    private const string PieceSql = """
        insert into record.import_piece (job, number, input, first_line, lines, body) values ($1, $2, $3, $4, $5, $6)
        """;

    private const string FaultSql = """
        insert into record.import_fault (job, input, line, outcome) select $1, $2, line, outcome from unnest($3::bigint[], $4::bytea[]) as f (line, outcome)
        """;

    private const string RejectedSql = """
        update record.import_piece set rejected = rejected + $3 where job = $1 and number = $2
        """;

    private const string StartSql = """
        update record.import_job set state = 'running' where id = $1 and state = 'receiving'
        """;

    private const string CancelSql = """
        update record.import_job set state = 'cancelled', ended = $2 where id = $1 and state in ('receiving', 'running')
        """;

    private const string ForgetSql = """
        update record.import_piece set body = null where job = $1 and body is not null
        """;

    private const string JobSql = """
        select id, state, created, address, request, actor, role, organisation, purpose, client from record.import_job where id = $1
        """;

    private const string RunningSql = """
        select id, state, created, address, request, actor, role, organisation, purpose, client from record.import_job where state = 'running' order by created
        """;

    private const string ProgressSql = """
        select i.name, coalesce(sum(p.lines), 0)::bigint, coalesce(sum(p.lines) filter (where p.body is null), 0)::bigint,
            coalesce(sum(p.accepted), 0)::bigint, coalesce(sum(p.rejected), 0)::bigint
        from record.import_input i left join record.import_piece p on p.job = i.job and p.input = i.number
        where i.job = $1
        group by i.number, i.name
        order by i.number
        """;

    private const string FaultsSql = """
        select f.input, i.name, f.line, f.outcome from record.import_fault f join record.import_input i on i.job = f.job and i.number = f.input
        where f.job = $1 and (f.input, f.line) > ($2, $3)
        order by f.input, f.line
        limit $4
        """;

    private const string TakeSql = """
        select number, input, first_line, lines, body from record.import_piece
        where job = $1 and body is not null
        order by number
        limit 1
        for update skip locked
        """;

    private const string AppliedSql = """
        update record.import_piece set body = null, accepted = $3, rejected = rejected + $4 where job = $1 and number = $2
        """;

    private const string FinishSql = """
        update record.import_job set state = 'done', ended = $2
        where id = $1 and state = 'running' and not exists (select from record.import_piece where job = $1 and body is not null)
        """;

    /// <summary>Begins to receive an import.</summary>
    public async Task<Guid> Open(Access access, string address, CancellationToken cancellation)
    {
        var id = Guid.CreateVersion7();
        await Run(database.CreateCommand(OpenSql), cancellation, id, clock.GetUtcNow(), address, access.Request, access.User, access.Role, access.Organisation, access.Purpose, access.Client);
        return id;
    }

    /// <summary>Names an input of an import.</summary>
    public Task AddInput(Access access, Guid job, int number, string name, CancellationToken cancellation) =>
        Run(database.CreateCommand(InputSql), cancellation, job, number, name);

    /// <summary>Keeps a piece until it is applied; returns when it is durable.</summary>
    public Task AddPiece(Access access, ImportPiece piece, CancellationToken cancellation) =>
        Run(database.CreateCommand(PieceSql), cancellation, piece.Job, piece.Number, piece.Input, piece.FirstLine, piece.Lines, Packed(piece.Body));

    /// <summary>Reports a line that could not even be kept; it belongs to a piece that is.</summary>
    public async Task Reject(Access access, ImportPiece piece, ImportFault fault, CancellationToken cancellation)
    {
        await Run(database.CreateCommand(FaultSql), cancellation, piece.Job, fault.Input, new[] { fault.Line }, new[] { fault.Outcome.ToArray() });
        await Run(database.CreateCommand(RejectedSql), cancellation, piece.Job, piece.Number, 1);
    }

    /// <summary>All has been received: it may be applied.</summary>
    public Task Start(Access access, Guid job, CancellationToken cancellation) =>
        Run(database.CreateCommand(StartSql), cancellation, job);

    /// <summary>Stops an import; what has been applied stays.</summary>
    public async Task Cancel(Access access, Guid job, CancellationToken cancellation)
    {
        await Run(database.CreateCommand(CancelSql), cancellation, job, clock.GetUtcNow());
        await Run(database.CreateCommand(ForgetSql), cancellation, job);
    }

    /// <summary>One import; null if there is none of this name.</summary>
    public async Task<ImportJob?> Find(Access access, Guid job, CancellationToken cancellation) =>
        (await Jobs(database.CreateCommand(JobSql), cancellation, job)).FirstOrDefault();

    /// <summary>Imports that are to be applied, oldest first.</summary>
    public Task<List<ImportJob>> Running(Access access, CancellationToken cancellation) => Jobs(database.CreateCommand(RunningSql), cancellation);

    /// <summary>How far an import has come, input by input.</summary>
    public async Task<IReadOnlyList<ImportProgress>> Progress(Access access, Guid job, CancellationToken cancellation)
    {
        await using var command = With(database.CreateCommand(ProgressSql), job);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var progress = new List<ImportProgress>();
        while (await row.ReadAsync(cancellation)) progress.Add(new(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)));
        return progress;
    }

    /// <summary>Lines that were refused, in order.</summary>
    /// <param name="access">Who asks.</param>
    /// <param name="job">The import.</param>
    /// <param name="afterInput">Input after whose line to go on; 0 for the beginning.</param>
    /// <param name="afterLine">The line after which to go on.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellation">Stops the query.</param>
    public async Task<IReadOnlyList<ImportFault>> Faults(Access access, Guid job, int afterInput, long afterLine, int most, CancellationToken cancellation)
    {
        await using var command = With(database.CreateCommand(FaultsSql), job, afterInput, afterLine, most);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var faults = new List<ImportFault>();
        while (await row.ReadAsync(cancellation)) faults.Add(new(row.GetInt32(0), row.GetString(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3)));
        return faults;
    }

    /// <summary>Says that an import is done, if nothing of it is left.</summary>
    public Task Finish(Access access, Guid job, CancellationToken cancellation) => Run(database.CreateCommand(FinishSql), cancellation, job, clock.GetUtcNow());

    /// <summary>The next piece that nobody applies; the transaction that takes it applies it. Null if none is left.</summary>
    public static async Task<ImportPiece?> Take(RecordTransaction transaction, Guid job, CancellationToken cancellation)
    {
        await using var command = With(new NpgsqlCommand(TakeSql, transaction.Connection), job);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation)) return null;
        var (body, rented) = Unpacked(row.GetFieldValue<byte[]>(4));
        return new(job, row.GetInt32(0), row.GetInt32(1), row.GetInt64(2), row.GetInt32(3), body) { Rented = rented };
    }

    /// <summary>Marks a piece as applied, in the transaction that applies it.</summary>
    public static async Task Applied(RecordTransaction transaction, ImportPiece piece, int accepted, IReadOnlyList<ImportFault> faults, CancellationToken cancellation)
    {
        await Run(new NpgsqlCommand(AppliedSql, transaction.Connection), cancellation, piece.Job, piece.Number, accepted, faults.Count);
        if (faults.Count > 0)
            await Run(new NpgsqlCommand(FaultSql, transaction.Connection), cancellation, piece.Job, piece.Input, faults.Select(fault => fault.Line).ToArray(), faults.Select(fault => fault.Outcome.ToArray()).ToArray());
    }

    // A tenth of the bytes, and so of the database's pages and log, for a few microseconds a resource.
    private static byte[] Packed(ReadOnlyMemory<byte> body)
    {
        using var packed = new MemoryStream(body.Length / 8);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, true)) gzip.Write(body.Span);
        return packed.ToArray();
    }

    // The last four bytes of gzip say how long it was: https://www.rfc-editor.org/rfc/rfc1952#page-8
    private static (ReadOnlyMemory<byte> Body, byte[]? Rented) Unpacked(byte[] body)
    {
        if (body is not [0x1f, ..]) return (body, null); // kept by an earlier release
        var size = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(body.Length - 4));
        var rented = ArrayPool<byte>.Shared.Rent(size);
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        gzip.ReadExactly(rented, 0, size);
        return (rented.AsMemory(0, size), rented);
    }

    private static async Task<List<ImportJob>> Jobs(NpgsqlCommand sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = With(sql, values);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var jobs = new List<ImportJob>();
        while (await row.ReadAsync(cancellation))
            jobs.Add(new(row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.GetString(3),
                new Access(row.GetString(5), row.GetString(6), row.GetString(7), row.GetString(8), row.GetString(9), row.GetGuid(4))));
        return jobs;
    }

    private static NpgsqlCommand With(NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }

    private static async Task Run(NpgsqlCommand sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = With(sql, values);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
