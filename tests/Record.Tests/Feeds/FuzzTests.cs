using System.Diagnostics;
using System.Text;
using Record.Core.Feeds;
using Record.Core.Feeds.Mapping;
using Record.Core.Feeds.V2;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>Whatever comes, parser, mapping and listener neither crash nor hang nor grow without bound.</summary>
public class FuzzTests(Listening listening) : IClassFixture<Listening>
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static List<byte[]> Seeds()
    {
        string Of(string type, string rest) => $"MSH|^~\\&|basildon-pas|RAJ|MSE-RECORD|MSE|20260104100000||{type}|fz|P|2.4|||AL|NE|GBR|UNICODE UTF-8\rPID|1||F1^^^basildon-pas^PI~9990000018^^^NHS^NH||O'NEIL^Zoë||19700101|F|||1 \\T\\ High St^^Basildon^^SS14 1AA\r{rest}";
        return [.. new[]
        {
            Of("ADT^A01", "EVN|A01|20260104101500\rPV1|1|I|AMU^2^3|21||LISTER|C1^Hart^Amy||||||||||||V1|||||||||||||||||19|||||||20260104101500\rPV2|||^Chest pain\rAL1|1|DA|pen^Penicillin|SV|Rash\rDG1|1||J45^Asthma^I10\rNK1|1|HART^Jo|MTH"),
            Of("ORU^R01", "ORC|RE|P1|F1||CM\rOBR|1|P1|F1|u^UREA^W|||20260104090000|||||||||||||||20260104110000|||F\rOBX|1|NM|k^K^W||4.1|MMOLL|3.5 - 5.3|H|||F\rNTE|1||note\rOBX|2|SN|e^E^W||>^90^-^95|U|||||C\rOBX|3|ED|d^D||^application^pdf^Base64^JVBERi0="),
            Of("MDM^T10", "EVN|T10|20260104120000\rTXA|1|CN||20260104|||20260104|||||D3|D1|||n.pdf|AU|R|AV\rOBX|1|TX|c^Letter||a~b"),
            Of("SIU^S12", "SCH||A1||||NEW|R|FUP|30|min|^^^202602101400^202602101430||||||||||||||Booked\rAIS|1||x^X|202602101400||||30|min\rAIL|1||OPD\rAIP|1||C7^Mills"),
            Of("REF^I12", "RF1|P|U|MH^Mental health||O|R1|20260104\rPRD|RT|T|||||R1L-CMHT-BAS|||Team\rDG1|1||F32^D^I10"),
            Of("ADT^A17", "EVN|A17|20260104\rPV1|1|I|AMU||||||||||||||||V1\rPID|1||F2^^^basildon-pas^PI\rPV1|1|I|LISTER||||||||||||||||V2"),
        }.Select(Encoding.UTF8.GetBytes)];
    }

    private static byte[] Mutate(byte[] seed, Random dice)
    {
        var bytes = new List<byte>(seed);
        ReadOnlySpan<byte> spice = "|^~\\&\r\n\"\0\u001C\u000B9-.+AZ"u8;
        for (var i = dice.Next(1, 12); i > 0 && bytes.Count > 4; i--)
        {
            var at = dice.Next(bytes.Count);
            switch (dice.Next(6))
            {
                case 0: bytes[at] = (byte)dice.Next(256); break;
                case 1: bytes[at] = spice[dice.Next(spice.Length)]; break;
                case 2: bytes.RemoveRange(at, Math.Min(dice.Next(1, 30), bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(dice.Next(1, 60), bytes.Count - at))); break;
                case 4: bytes.InsertRange(at, Enumerable.Repeat(spice[dice.Next(spice.Length)], dice.Next(1, 40))); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        return [.. bytes];
    }

    [Fact]
    public void Thirty_thousand_mutated_messages_are_judged_and_folded_without_a_throw_in_bounded_time()
    {
        var (dice, seeds, clock, taken, resources) = (new Random(4), Seeds(), Stopwatch.StartNew(), 0, 0);
        var source = listening.Feeds.System.Source("basildon-pas")!;
        for (var i = 0; i < 30_000; i++)
        {
            var judgement = listening.Feeds.Door.Judge(Mutate(seeds[i % seeds.Count], dice), Now);
            Assert.NotEmpty(V2Acknowledgement.Of(judgement, new(judgement.Arrival.Refusal, false, false), Now) ?? [1]);
            if (judgement is not { Arrival: { Refusal: null } arrival, Message: { } message }) continue;
            taken++;
            var stored = new StoredMessage(i, source.Code, arrival.Trigger, arrival.EventTime!.Value, Now, arrival.PatientKey!, arrival.VisitKey, arrival.MergedKey, arrival.Body.ToArray());
            var reading = new Reading(stored, message, source);
            foreach (var subject in Subject.Of(reading).Where(s => Families.All.Any(f => f.Kind == s.Kind)))
                resources += Families.All.First(f => f.Kind == subject.Kind).Fold(source, listening.Feeds.System, subject.Key, [reading]).Resources.Count;
            resources += PatientFold.Of(source, stored.PatientKey, [stored], _ => reading) is null ? 0 : 1;
            if (stored.VisitKey is { } visit) resources += VisitFold.Of(source, visit, [stored], _ => reading).Encounter is null ? 0 : 1;
        }

        Assert.InRange(taken, 1_000, 30_000);
        Assert.InRange(resources, taken, taken * 40);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), $"{clock.Elapsed}");
    }

    [Fact]
    public async Task A_hundred_megabytes_without_an_end_are_cut_off_and_take_no_memory()
    {
        var before = GC.GetTotalMemory(true);
        await using var stream = await Listening.Connect(listening.Port);
        var chunk = new byte[64 * 1024];
        Array.Fill(chunk, (byte)'x');
        chunk[0] = 0x0B;
        var sent = 0;

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (; sent < 1600; sent++) await stream.WriteAsync(chunk);
            await stream.ReadExactlyAsync(new byte[1]);
        });

        Assert.InRange(sent, 1, 1600);
        Assert.True(GC.GetTotalMemory(true) - before < 32 * 1024 * 1024);
        await IsServed();
    }

    [Fact]
    public async Task Five_hundred_connections_with_slow_and_broken_senders_keep_nobody_from_being_served()
    {
        var seeds = Seeds();
        var streams = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Listening.Connect(listening.Port)));
        await Task.WhenAll(streams.Select(async (stream, i) =>
        {
            var message = Mutate(seeds[i % seeds.Count], new Random(i));
            try
            {
                if (i % 3 == 0) await stream.WriteAsync((byte[])[0x0B, .. message]); // never ends
                else if (i % 3 == 1) await stream.WriteAsync((byte[])[0x0B, .. message, 0x1C, 0x0D, 0x0B, .. message[..(message.Length / 2)]]);
                else await stream.WriteAsync(message); // no frame
            }
            catch (IOException)
            {
                // cut off
            }
        }));

        await IsServed();

        foreach (var stream in streams) await stream.DisposeAsync();
        Assert.Equal(0L, await listening.Feeds.Record.Database.Scalar("select count(*) from record.message where state <> 'refused' and control_id = ''"));
    }

    [Fact]
    public async Task Many_connections_together_hold_no_more_unfinished_bytes_than_they_may()
    {
        var streams = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Listening.Connect(listening.Port)));
        var chunk = new byte[900 * 1024];
        Array.Fill(chunk, (byte)'x');
        chunk[0] = 0x0B;

        var cut = await Task.WhenAll(streams.Select(async stream =>
        {
            try
            {
                await stream.WriteAsync(chunk);
                using var slow = new CancellationTokenSource(2000);
                return await stream.ReadAsync(new byte[1], slow.Token) == 0;
            }
            catch (IOException)
            {
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }));

        Assert.InRange(cut.Count(was => was), 40, 60); // 16 MiB hold eighteen of 900 KiB
        foreach (var stream in streams) await stream.DisposeAsync();
        await IsServed();
    }

    private async Task IsServed()
    {
        var control = Guid.NewGuid().ToString("N");
        await using var good = await Listening.Connect(listening.Port);
        await good.WriteAsync(Listening.Frame(listening.Feeds.Adt("basildon-pas", "A28", "20260104101500", "SERVED", "9990000018", "", control: control)));

        Assert.Contains($"MSA|CA|{control}", Assert.Single(await Listening.Answers(good, 1, 10_000)), StringComparison.Ordinal);
    }
}
