using Record.Tests;
using Testing;
using Xunit;

namespace Suites.Tests;

/// <summary>The record with one more source system, plugged in by one file: a hospital whose numbers may come from any authority.</summary>
public sealed class SuiteRecord : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mse-epr-suite-");

    public SuiteRecord()
    {
        foreach (var file in Directory.GetFiles(Checkout.Config, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder.FullName, Path.GetRelativePath(Checkout.Config, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.WriteAllText(Path.Combine(folder.FullName, "sources", "any-hospital.yaml"), """
            code: any-hospital
            name: A hospital that nobody here knows
            organisation: RAJ
            setting: acute
            protocol: hl7v2
            identifierSystem: https://example.org/Id/any-hospital
            simulated: true
            inProgramme: false
            sendingApplication: ANYAPP
            sendingFacility: ANYFAC
            assigningAuthority: "*"
            defaultKind: general-acute-bed
            """);
        Feeds = new FeedRecord { Config = folder.FullName };
    }

    public FeedRecord Feeds { get; }

    public Task InitializeAsync() => Feeds.InitializeAsync();

    public async Task DisposeAsync()
    {
        await Feeds.DisposeAsync();
        folder.Delete(true);
    }
}
