using System.Net.Sockets;
using AppHost.Local.Processes;
using Npgsql;

namespace AppHost.Local.Postgres;

/// <summary>Where and how an embedded server runs.</summary>
/// <param name="DataDirectory">Its data; made if it is not there.</param>
/// <param name="Port">On loopback.</param>
/// <param name="Password">Of the owner, <c>postgres</c>, used when the data directory is made.</param>
/// <param name="Durable">False in tests only: commits do not wait for the disk.</param>
public sealed record EmbeddedPostgresOptions(string DataDirectory, int Port, string Password, bool Durable = true);

/// <summary>A PostgreSQL server of our own, as an unprivileged user, stopped with us.</summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private readonly ChildProcess process;

    private EmbeddedPostgres(ChildProcess process, string connection) => (this.process, ConnectionString) = (process, connection);

    /// <summary>The owner's connection to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>Completes when the server has ended.</summary>
    public Task<int> Exited => process.Exited;

    /// <summary>Makes the data directory if need be, starts the server and waits until it answers.</summary>
    public static async Task<EmbeddedPostgres> Start(EmbeddedPostgresOptions options, Action<string> output, CancellationToken cancellation)
    {
        var native = await PostgresBinaries.Install(cancellation);
        var initdb = Path.Combine(native, "bin", "initdb");
        if (!File.Exists(Path.Combine(options.DataDirectory, "PG_VERSION"))) await Initialise(initdb, options, cancellation);
        await WriteSettings(options, cancellation);

        var lines = new Queue<string>();
        var start = new ChildStart(Path.Combine(native, "bin", "postgres"), ["-D", options.DataDirectory], options.DataDirectory,
            new Dictionary<string, string>(), "INT", PostgresBinaries.RunAs);
        var process = ChildProcess.Start(start, line =>
        {
            lock (lines)
            {
                lines.Enqueue(line);
                if (lines.Count > 20) lines.Dequeue();
            }

            output(line);
        });
        await WaitUntilReady(process, options, lines, cancellation);
        return new(process, $"Host=127.0.0.1;Port={options.Port};Username=postgres;Password={options.Password};Database=postgres");
    }

    /// <summary>Makes a database if it is not there.</summary>
    /// <exception cref="LocalHostException">The data were made with another password.</exception>
    public async Task CreateDatabase(string name, CancellationToken cancellation)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
            await connection.OpenAsync(cancellation);
            await using var find = new NpgsqlCommand("select count(*) from pg_database where datname = $1", connection) { Parameters = { new() { Value = name } } };
            if ((long)(await find.ExecuteScalarAsync(cancellation))! > 0) return;
            await using var create = new NpgsqlCommand($"create database \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
            await create.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            await DisposeAsync();
            throw new LocalHostException("The database in the data folder was made with another password than the one kept beside it. Give another folder with -- --Postgres:DataDirectory=FOLDER, or remove the old one.");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static async Task Initialise(string initdb, EmbeddedPostgresOptions options, CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.DataDirectory);
        var secret = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(secret, options.Password, cancellation);
        try
        {
            if (PostgresBinaries.RunAs is { } owner)
                await Must("chown", ["-R", owner, options.DataDirectory, secret], cancellation);
            else if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            string[] asUser = PostgresBinaries.RunAs is { } user ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", "--"] : [];
            string[] command = [.. asUser, initdb, "-D", options.DataDirectory, "--username=postgres", $"--pwfile={secret}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"];
            await Must(command[0], command[1..], cancellation);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    private static async Task Must(string command, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var (code, output) = await PostgresBinaries.Run(command, arguments, cancellation);
        if (code != 0) throw new LocalHostException($"{Path.GetFileName(command)} failed (exit code {code}) while preparing PostgreSQL:\n{output.Trim()}");
    }

    // Why each: PostgreSQL's defaults serve an unknown machine; these serve this record on a laptop.
    private static Task WriteSettings(EmbeddedPostgresOptions options, CancellationToken cancellation) =>
        File.WriteAllTextAsync(Path.Combine(options.DataDirectory, "postgresql.auto.conf"), $"""
            listen_addresses = '127.0.0.1'              # loopback only
            port = {options.Port}
            unix_socket_directories = ''                # TCP only: no socket file to clash over
            max_connections = 200                       # seven services with their pools
            shared_buffers = '512MB'                    # taken as it is used; with less, every import waits for pages to be written out
            max_wal_size = '2GB'                        # a first load without a checkpoint every few seconds
            jit = off                                   # our statements are short; compiling them takes longer
            wal_compression = on                        # bodies are JSON; pages compress well
            fsync = {(options.Durable ? "on" : "off")}
            synchronous_commit = {(options.Durable ? "on" : "off")}
            idle_in_transaction_session_timeout = '30s' # a forgotten transaction holds every reader's horizon back
            statement_timeout = '60s'                   # nothing of ours should take longer
            autovacuum_vacuum_insert_scale_factor = 0.05 # change log and audit only grow: freeze them as they do
            autovacuum_naptime = '20s'                  # young tables are planned from statistics soon
            log_min_messages = 'warning'
            log_min_error_statement = 'panic'           # never a statement's text: it may hold patient data
            log_error_verbosity = 'terse'               # nor a key's value in DETAIL

            """, cancellation);

    private static async Task WaitUntilReady(ChildProcess process, EmbeddedPostgresOptions options, Queue<string> lines, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60)); // recovery after a crash may take a while
        while (!process.HasExited && !limit.IsCancellationRequested)
        {
            if (await Answers(options, limit.Token)) return;
            await Task.Delay(50, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var ended = process.HasExited;
        await process.DisposeAsync();
        cancellation.ThrowIfCancellationRequested();
        string said;
        lock (lines) said = string.Join('\n', lines);
        throw new LocalHostException($"PostgreSQL {(ended ? "ended" : "did not answer")} on port {options.Port}. Is another stack using {options.DataDirectory}? It said:\n{said}");
    }

    // postmaster.pid's last line says "ready" once connections are taken.
    private static async Task<bool> Answers(EmbeddedPostgresOptions options, CancellationToken cancellation)
    {
        try
        {
            var state = await File.ReadAllLinesAsync(Path.Combine(options.DataDirectory, "postmaster.pid"), cancellation);
            if (state.Length < 8 || state[7].Trim() != "ready") return false;
            using var socket = new TcpClient();
            await socket.ConnectAsync("127.0.0.1", options.Port, cancellation);
            return true;
        }
        catch (Exception problem) when (problem is IOException or SocketException or UnauthorizedAccessException or OperationCanceledException)
        {
            return false;
        }
    }
}
