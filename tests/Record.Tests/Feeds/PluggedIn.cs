using Testing;
using Xunit;

namespace Record.Tests.Feeds;

/// <summary>A care system of other trusts, made of files alone: two trusts, a team, a PAS that sends HL7 v2 and a service that sends CSV.</summary>
public sealed class PluggedIn : IAsyncLifetime
{
    public PluggedIn()
    {
        Directory.CreateDirectory(Path.Combine(Folder.FullName, "sources"));
        Directory.CreateDirectory(Path.Combine(Folder.FullName, "pathways"));
        foreach (var rule in Directory.GetFiles(Path.Combine(Checkout.Config, "pathways"))) File.Copy(rule, Path.Combine(Folder.FullName, "pathways", Path.GetFileName(rule)));
        Write("organisations.yaml", """
            - { id: RXX, odsCode: RXX, name: Another Hospital NHS Trust, kind: trust, sector: acute, inProgramme: true, hostsService: true }
            - { id: RYY, odsCode: RYY, name: Another Community NHS Trust, kind: trust, sector: community, inProgramme: true }
            - { id: RYY-HV, name: Health visitors, kind: team, partOf: RYY, sector: community }
            """);
        Write("sources/other-pas.yaml", """
            code: other-pas
            name: The other trust's PAS
            organisation: RXX
            setting: acute
            protocol: hl7v2
            identifierSystem: https://example.org/Id/other-pas
            sendingApplication: PAS
            sendingFacility: RXX01
            verifiedNhsNumber: "01"
            defaultKind: general-acute-bed
            """);
        Write("sources/health-visits.yaml", """
            code: health-visits
            name: Health visits, by file
            organisation: RYY
            setting: community
            protocol: csv
            identifierSystem: https://example.org/Id/health-visits
            verifiedNhsNumber: verified
            locations:
              - { code: HV, name: Health visiting, kind: community-team, team: RYY-HV }
            file:
              delimiter: ";"
              dateFormats: [dd/MM/yyyy HH:mm, dd/MM/yyyy]
              columns:
                patientId: Client
                nhsNumber: NHS No
                nhsNumberStatus: NHS status
                family: Surname
                given: Forenames
                birthDate: Born
                gender: Sex
                visitId: Contact
                start: Start
                end: End
                location: Place
                attendance: Outcome
                reason: Reason
              codes:
                gender: { "1": male, "2": female }
                attendance: { Seen: "5", DNA: "7" }
            """);
        Feeds = new FeedRecord { Config = Folder.FullName };
    }

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("mse-epr-care-system-");

    public FeedRecord Feeds { get; }

    public Task InitializeAsync() => Feeds.InitializeAsync();

    public async Task DisposeAsync()
    {
        await Feeds.DisposeAsync();
        Folder.Delete(true);
    }

    private void Write(string path, string text) => File.WriteAllText(Path.Combine(Folder.FullName, path), text);
}
