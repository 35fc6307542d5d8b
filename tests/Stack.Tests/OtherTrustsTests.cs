using System.Text.Json;
using Testing;
using Xunit;

namespace Stack.Tests;

/// <summary>Systems and trusts are configuration: an eleventh source is one file more; another care system is another folder. No code knows either.</summary>
public sealed class OtherTrustsTests : IAsyncLifetime
{
    private const string Eleventh = """
        code: ambulance
        name: Ambulance service
        organisation: RYC
        setting: acute
        protocol: hl7v2
        identifierSystem: https://example.org/Id/ambulance
        sharingAgreement: { reference: TEST-ISA-1, from: 2024-01-01 }
        sendingApplication: EPR
        sendingFacility: RYC
        verifiedNhsNumber: "01"
        locations:
          - { code: CONVEY, name: On the way, kind: general-acute-bed }
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mse-epr-config-");
    private readonly RunningAppHost stack = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await stack.DisposeAsync();
        folder.Delete(true);
    }

    [Fact]
    public async Task An_eleventh_source_of_any_organisation_is_one_file_more()
    {
        Copy(new DirectoryInfo(Checkout.Config), folder);
        File.AppendAllText(Path.Combine(folder.FullName, "organisations.yaml"), "\n- { id: RYC, odsCode: RYC, name: An ambulance service, kind: trust, sector: acute }\n");
        File.WriteAllText(Path.Combine(folder.FullName, "sources", "ambulance.yaml"), Eleventh);
        await stack.Start("--Simulator:Enabled=false", $"--Config:Directory={folder.FullName}");

        var answer = await stack.SendV2(Message("EPR", "RYC", "ambulance", "CONVEY"));
        await RunningAppHost.Until(async () => await Found("https://example.org/Id/ambulance|P1") ? "found" : null, "the patient of the eleventh source");

        Assert.Contains("MSA|CA|", answer, StringComparison.Ordinal);
        var feeds = (await stack.Get("record-api", "feeds", null)).EnumerateArray().ToList();
        Assert.Equal(11, feeds.Count(feed => feed.GetProperty("source").GetString() is not ("simulated-hospital" or "unknown")));
        Assert.Equal(1, Feed(feeds, "ambulance").GetProperty("mapped").GetInt64());
        Assert.Equal("An ambulance service", Feed(feeds, "ambulance").GetProperty("organisationName").GetString());
    }

    [Fact]
    public async Task A_care_system_of_other_trusts_starts_from_a_folder_of_its_own()
    {
        Copy(new DirectoryInfo(Path.Combine(Checkout.Config, "pathways")), folder.CreateSubdirectory("pathways"));
        Copy(new DirectoryInfo(Path.Combine(Checkout.Config, "access")), folder.CreateSubdirectory("access"));
        File.WriteAllText(Path.Combine(folder.FullName, "access", "arrangements.yaml"), "[]"); // those of our trusts
        File.WriteAllText(Path.Combine(folder.FullName, "claims.yaml"), "documents: []\nclaims: []\n");
        File.WriteAllText(Path.Combine(folder.FullName, "organisations.yaml"), """
            - { id: RXX, odsCode: RXX, name: Another Hospital NHS Trust, kind: trust, sector: acute, inProgramme: true, hostsService: true }
            - { id: RYY, odsCode: RYY, name: Another Community NHS Trust, kind: trust, sector: community, inProgramme: true }
            """);
        folder.CreateSubdirectory("sources");
        File.WriteAllText(Path.Combine(folder.FullName, "sources", "other-pas.yaml"), Eleventh.Replace("ambulance", "other-pas", StringComparison.Ordinal).Replace("RYC", "RXX", StringComparison.Ordinal));
        await stack.Start("--Simulator:Enabled=false", $"--Config:Directory={folder.FullName}");

        var answer = await stack.SendV2(Message("EPR", "RXX", "other-pas", "CONVEY"));
        var stranger = await stack.SendV2(Message("basildon-pas", "RAJ", "basildon-pas", "AMU", "stranger"));
        await RunningAppHost.Until(async () => await Found("https://example.org/Id/other-pas|P1") ? "found" : null, "the patient of the other care system");

        Assert.Contains("MSA|CA|", answer, StringComparison.Ordinal);
        Assert.Contains("MSA|CE|", stranger, StringComparison.Ordinal);
        var feeds = (await stack.Get("record-api", "feeds", null)).EnumerateArray().ToList();
        Assert.Equal(["other-pas", "unknown"], feeds.Select(feed => feed.GetProperty("source").GetString()));
        Assert.Equal(0, (await stack.Get("record-api", "fhir/Organization?identifier=RAJ", null)).GetProperty("total").GetInt32());
        Assert.Equal(1, (await stack.Get("record-api", "fhir/Organization?identifier=RXX", null)).GetProperty("total").GetInt32());
    }

    private static string Message(string application, string facility, string authority, string place, string control = "other-1") => $"""
        MSH|^~\&|{application}|{facility}|MSE-RECORD|MSE|20260104101500||ADT^A01|{control}|P|2.4|||AL|NE|GBR|UNICODE UTF-8
        EVN|A01|20260104101500||||20260104101500
        PID|1||P1^^^{authority}^PI~9990000018^^^NHS^NH||ELSEWHERE^Erin||19800201|F|||||||||||||||||||||||||01
        PV1|1|I|{place}||||||||||||||||V1
        """;

    private static JsonElement Feed(IEnumerable<JsonElement> feeds, string source) => feeds.Single(feed => feed.GetProperty("source").GetString() == source);

    private async Task<bool> Found(string identifier) => (await stack.Get("record-api", $"fhir/Patient?identifier={Uri.EscapeDataString(identifier)}", null)).GetProperty("total").GetInt32() == 1;

    private static void Copy(DirectoryInfo from, DirectoryInfo to)
    {
        foreach (var file in from.GetFiles()) file.CopyTo(Path.Combine(to.FullName, file.Name));
        foreach (var below in from.GetDirectories()) Copy(below, to.CreateSubdirectory(below.Name));
    }
}
