using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Hl7.Fhir.Serialization;
using Npgsql;
using Record.Core.Feeds.V2;
using Record.Core.Validation;
using Record.Tests;
using Testing;
using Xunit;

namespace Suites.Tests;

/// <summary>
/// Messages that nobody here wrote through door and mapping: 72 of FHIR-Converter (MIT) and 3,926 of Simulated Hospital
/// (Apache-2.0). Each is taken or refused with the right code; received = mapped + waiting + refused; what is mapped is valid R4.
/// </summary>
public sealed class FeedSuiteTests(SuiteRecord suite) : IClassFixture<SuiteRecord>
{
    private readonly FeedRecord feeds = suite.Feeds;

    // What is not taken, by the file's name: billing, medicines, vaccinations, imaging, problems, and ADT that nobody asked for.
    private static readonly Dictionary<string, int> Refused = new(StringComparer.Ordinal)
    {
        ["BAR"] = 200, ["DFT"] = 200, ["IZ_"] = 200, ["OMG"] = 200, ["OUL"] = 200, ["PC1"] = 200, ["RDE"] = 200, ["RDS"] = 200, ["VXU"] = 200,
        ["ADT-A29"] = 201, ["ADT-A41"] = 201, ["ADT-A45"] = 201, ["ADT-A60"] = 201, ["SIU_12.hl7"] = 201,
    };

    private static async Task<List<(string Name, byte[] Bytes)>> Messages(string archive)
    {
        var data = Environment.GetEnvironmentVariable("SUITES_DIR") ?? Path.Combine(Checkout.Root, "..", "shared", "data");
        var messages = new List<(string, byte[])>();
        await using var zip = await ZipFile.OpenReadAsync(Path.Combine(data, "hl7v2", archive));
        foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".hl7", StringComparison.OrdinalIgnoreCase)).OrderBy(e => e.FullName, StringComparer.Ordinal))
        {
            using var buffer = new MemoryStream();
            await using var stream = await entry.OpenAsync();
            await stream.CopyToAsync(buffer);
            messages.Add((entry.Name, buffer.ToArray()));
        }

        return messages;
    }

    private async Task<V2Judgement> Receive(byte[] bytes)
    {
        var judgement = feeds.Door.Judge(bytes, feeds.Record.Clock.GetUtcNow());
        var receipt = await feeds.Inbox.Receive(judgement.Arrival, CancellationToken.None);
        Assert.False(receipt.Conflict);
        return judgement;
    }

    private Task<object?> Count(string where) => feeds.Record.Database.Scalar($"select count(*) from record.message where {where}");

    [Fact]
    public async Task The_messages_of_FHIR_Converter_are_taken_or_refused_with_the_right_code_and_map_to_valid_R4()
    {
        var messages = await Messages("microsoft-fhir-converter.zip");
        Assert.Equal(72, messages.Count);
        var (wrong, n) = (new List<string>(), 0);

        foreach (var (name, bytes) in messages)
        {
            var unknown = feeds.Door.Judge(bytes, feeds.Record.Clock.GetUtcNow()); // as it stands: sent by systems that are not configured, but for one of Simulated Hospital
            if (unknown.Code != (name == "MDM-T02-03.hl7" ? 0 : 103)) wrong.Add($"{name}: as it stands {unknown.Arrival.Refusal}");
            var known = await Receive(AsSentByUs(bytes, $"fc-{++n}"));
            var expected = Refused.Where(pair => name.StartsWith(pair.Key, StringComparison.Ordinal)).Select(pair => pair.Value).FirstOrDefault();
            if (known.Code != expected) wrong.Add($"{name}: {known.Code}, not {expected}: {known.Arrival.Refusal}");
        }

        await Map();
        wrong.AddRange(await Invalid());
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(0L, await Count("source = 'any-hospital' and state = 'received'"));
        Assert.Equal(72L, await Count("source = 'any-hospital'"));
        Assert.Equal(0L, await Count("source = 'any-hospital' and state = 'waiting' and reason not similar to '(ORC-2|OBR-3|OBR-4|TXA-12|SCH-2|RF1-6):%'"));
    }

    [Fact]
    public async Task Every_message_of_Simulated_Hospital_is_mapped_and_what_it_becomes_is_valid_R4()
    {
        var messages = await Messages("simulated-hospital.zip");
        Assert.Equal(3926, messages.Count);

        foreach (var chunk in messages.Chunk(200))
            Assert.All(await Task.WhenAll(chunk.Select(m => Receive(m.Bytes))), judgement => Assert.Equal(0, judgement.Code));
        await Map();

        Assert.Equal(3926L, await Count("source = 'simulated-hospital'"));
        Assert.Equal(3926L, await Count("source = 'simulated-hospital' and state = 'mapped'"));
        Assert.Empty(await Invalid());
    }

    private async Task Map()
    {
        while (await feeds.Mapping.Step(200, CancellationToken.None) > 0) { }
    }

    // The same message from a configured sender, under a control id of its own (some files share theirs).
    private static byte[] AsSentByUs(byte[] bytes, string control)
    {
        var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF', '\r', '\n');
        var end = text.IndexOfAny(['\r', '\n']);
        var fields = text[..end].Split('|');
        (fields[2], fields[3], fields[9]) = ("ANYAPP", "ANYFAC", control);
        return Encoding.UTF8.GetBytes(string.Join('|', fields) + text[end..]);
    }

    // As the Firely SDK reads it in strict mode: cardinalities, formats, bindings, choices.
    private static IEnumerable<string> Strictly(byte[] body)
    {
        var reader = new Utf8JsonReader(body);
        new BaseFhirJsonDeserializer(Hl7.Fhir.Model.ModelInfo.ModelInspector, new DeserializerSettings().UsingMode(DeserializationMode.Strict)).TryDeserializeResource(ref reader, out _, out var issues);
        return issues.Select(issue => issue.Message);
    }

    private async Task<List<string>> Invalid()
    {
        var wrong = new List<string>();
        await using var database = NpgsqlDataSource.Create(feeds.Record.Database.Owner);
        await using var command = database.CreateCommand("select type, body from record.resource where not deleted");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var (type, body) = (row.GetString(0), row.GetFieldValue<byte[]>(1));
            wrong.AddRange(Strictly(body).Select(issue => $"{type}: {issue}"));
            wrong.AddRange(ResourceValidator.Check(body).Select(issue => $"{type}: {issue}"));
        }

        return [.. wrong.Distinct().Take(40)];
    }
}
