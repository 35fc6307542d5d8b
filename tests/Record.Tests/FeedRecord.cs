using System.Text;
using Record.Core;
using Record.Core.ChangeLog;
using Record.Core.Feeds;
using Record.Core.Feeds.Mapping;
using Record.Core.Feeds.V2;
using Record.Core.Journeys;
using Record.Core.Organisations;
using Record.Core.Pathways;
using Record.Core.Referrals;
using Record.Core.Worklists;
using Testing;
using Xunit;

namespace Record.Tests;

/// <summary>The record with its feeds, rules and consumers, run by hand so that each step can be looked at.</summary>
public sealed class FeedRecord : IAsyncLifetime
{
    private int sequence;

    /// <summary>The folder of configuration.</summary>
    public string Config { get; init; } = Checkout.Config;

    public RecordStore Record { get; } = new();

    public CareSystem System { get; private set; } = null!;

    public IReadOnlyList<PathwayRule> Rules { get; private set; } = null!;

    public Inbox Inbox { get; private set; } = null!;

    public V2Door Door { get; private set; } = null!;

    public MapMessages Mapping { get; private set; } = null!;

    public EvaluatePathways Pathways { get; private set; } = null!;

    public Worklist Worklist { get; private set; } = null!;

    public JourneyReader Journeys { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Record.InitializeAsync();
        Assert.True(CareSystemReader.Read(Config).TryGet(out var system, out var wrong), wrong?.Detail);
        Assert.True(PathwayRule.ReadAll(Config).TryGet(out var rules, out wrong), wrong?.Detail);
        (System, Rules) = (system, rules);
        Inbox = new Inbox(new MessageStore(Record.Source));
        Door = new V2Door(System);
        Mapping = new MapMessages(Record.Store, System, Record.Clock);
        Pathways = new EvaluatePathways(Rules, Record.Store, new ClockStore(Record.Source), Record.Clock);
        Worklist = new Worklist(new WorklistStore(Record.Source, Record.Audit, null, Record.Clock), System, Record.Clock);
        Journeys = new JourneyReader(Record.Store, new AccessStore(Record.Source, Record.Audit, AccessRules.Default, Record.Clock), Record.Links, new ClockStore(Record.Source), System, Rules, Record.Clock);
    }

    public async Task DisposeAsync()
    {
        await Inbox.DisposeAsync();
        await Record.DisposeAsync();
    }

    /// <summary>Sends one HL7 v2 message through the door.</summary>
    public async Task<(Receipt Receipt, string Ack)> Send(string message)
    {
        var judgement = Door.Judge(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r")), Record.Clock.GetUtcNow());
        var receipt = await Inbox.Receive(judgement.Arrival, CancellationToken.None);
        return (receipt, Encoding.UTF8.GetString(V2Acknowledgement.Of(judgement, receipt, Record.Clock.GetUtcNow()) ?? []));
    }

    /// <summary>Maps what has been received and runs every consumer until nothing is left.</summary>
    public async Task Settle()
    {
        while (await Mapping.Step(200, CancellationToken.None) > 0) { }
        await Record.Identity().Drain(CancellationToken.None);
        await Record.Consumer(EvaluatePathways.Name, ChangesBy.Person, Pathways.Handle).Drain(CancellationToken.None);
        await Record.Consumer(CoordinateReferrals.Name, ChangesBy.Person, new CoordinateReferrals(Record.Clock).Handle).Drain(CancellationToken.None);
    }

    /// <summary>An ADT message as a source system would send it.</summary>
    /// <param name="source">Source code; its organisation is looked up.</param>
    /// <param name="trigger">A01, A03 …</param>
    /// <param name="time">HL7 time of the event.</param>
    /// <param name="local">Local id of the patient.</param>
    /// <param name="nhsNumber">NHS number, verified unless <paramref name="status"/> says otherwise.</param>
    /// <param name="visit">PV1 and what follows, after the segment's name.</param>
    /// <param name="name">PID-5.</param>
    /// <param name="born">PID-7.</param>
    /// <param name="status">PID-32.</param>
    /// <param name="control">MSH-10.</param>
    public string Adt(
        string source, string trigger, string time, string local, string nhsNumber, string visit, string name = "SMITH^Anna", string born = "19800201", string status = "01", string? control = null) => $"""
        MSH|^~\&|{source}|{System.Source(source)!.Organisation}|MSE-RECORD|MSE|{time}||ADT^{trigger}^ADT_A01|{control ?? $"t-{Interlocked.Increment(ref sequence)}"}|P|2.4|||AL|NE|GBR|UNICODE UTF-8
        EVN|{trigger}|{time}||||{time}
        PID|1||{local}^^^{source}^PI~{nhsNumber}^^^NHS^NH||{name}||{born}|F|||1 High Street^^Basildon^^SS14 1AA^GBR^H||01632 960999|||||||||||||||||||{status}
        {visit}
        """.TrimEnd();

    /// <summary>PV1 of an inpatient stay.</summary>
    public static string Stay(string location, string visit, string? destination = null, string? discharged = null) =>
        Fields("PV1", (1, "1"), (2, "I"), (3, $"{location}^^^X"), (19, visit), (36, destination), (45, discharged));

    /// <summary>PV1 and ZCT of a contact.</summary>
    public static string Contact(string location, string visit, string time, string attendance = "5", string mechanism = "01", string team = "R1L-CMHT-BAS") =>
        Fields("PV1", (1, "1"), (2, "C"), (3, $"{location}^^^X"), (19, visit), (44, time)) + $"\nZCT|{attendance}|{mechanism}|{team}";

    private static string Fields(string segment, params (int Place, string? Text)[] fields)
    {
        var all = new string[fields.Max(field => field.Place) + 1];
        Array.Fill(all, "");
        all[0] = segment;
        foreach (var (place, text) in fields) all[place] = text ?? "";
        return string.Join('|', all).TrimEnd('|');
    }
}
