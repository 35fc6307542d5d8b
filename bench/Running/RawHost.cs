using System.Net;
using Bench.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Bench.Running;

/// <summary>
/// The raw baseline: the barest ASP.NET endpoint that reads or inserts one row through Npgsql, without sign-in, search values or
/// audit, in a process of its own. And one that does nothing, which shows what the generator itself takes.
/// </summary>
internal static class RawHost
{
    private const string Table = """
        create table resource (id text collate "C" primary key, body bytea not null)
        """;

    /// <summary>What all requests share.</summary>
    public static byte[] Headers { get; } = "Host: raw\r\n\r\n"u8.ToArray();

    private const string ReadSql = "select body from resource where id = $1";
    private const string InsertSql = "insert into resource (id, body) values ($1, $2)";

    /// <summary>Makes the table and copies the rows into it.</summary>
    public static async Task Fill(string connection, IEnumerable<(string Id, byte[] Body)> rows)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using (var create = database.CreateCommand(Table)) await create.ExecuteNonQueryAsync();
        await using var open = await database.OpenConnectionAsync();
        await using (var writer = await open.BeginBinaryImportAsync("copy resource (id, body) from stdin (format binary)"))
        {
            foreach (var (id, body) in rows) await writer.WriteRowAsync(default, id, body);
            await writer.CompleteAsync();
        }

        await using var analyse = database.CreateCommand("vacuum analyze resource");
        await analyse.ExecuteNonQueryAsync();
    }

    public static Task<Service> Start(string connection, IPEndPoint address) => Service.Start(
        "raw baseline", typeof(RawHost).Assembly.Location, ["raw-host", $"{address.Port}"], new() { ["RAW_DATABASE"] = connection }, new Uri($"http://{address}/nothing"));

    public static Exchange Nothing() => Exchange.Get("/nothing");

    public static Exchange Read(string id) => Exchange.Get($"/read/{id}");

    public static Exchange Insert(byte[] body) => Exchange.Send("POST", "/insert", body, 201);

    /// <summary>The process itself.</summary>
    public static void Run(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddSingleton(NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("RAW_DATABASE")! + ";Max Auto Prepare=10"));
        var app = builder.Build();
        app.MapGet("/nothing", static (HttpContext context) => Answer(context, "nothing"u8.ToArray()));
        app.MapGet("/read/{id}", ReadRow);
        app.MapPost("/insert", InsertRow);
        app.Run();
    }

    private static async Task ReadRow(string id, HttpContext context, NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(ReadSql);
        command.Parameters.Add(new() { Value = id });
        await Answer(context, (byte[])(await command.ExecuteScalarAsync())!);
    }

    private static async Task InsertRow(HttpContext context, NpgsqlDataSource database)
    {
        var body = new byte[(int)context.Request.ContentLength!];
        await context.Request.Body.ReadExactlyAsync(body);
        await using var command = database.CreateCommand(InsertSql);
        command.Parameters.Add(new() { Value = Guid.CreateVersion7().ToString() });
        command.Parameters.Add(new() { Value = body });
        await command.ExecuteNonQueryAsync();
        context.Response.StatusCode = StatusCodes.Status201Created;
        await Answer(context, body);
    }

    private static async Task Answer(HttpContext context, byte[] body)
    {
        context.Response.ContentType = "application/fhir+json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }
}
