using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Record.Core;
using Testing;
using Xunit;

namespace Record.Tests.Opening;

/// <summary>The record of the world, and for each caller the record of what they may see: with and without the people they only find.</summary>
public sealed class AccessMatrix : IAsyncLifetime
{
    private readonly Dictionary<string, (Shadow Own, Shadow Finding)> shadows = [];

    /// <summary>Who asks.</summary>
    public static IReadOnlyList<Access> Callers { get; } =
    [
        new("acute.doctor", "acute-clinician", "RAJ", "TREAT", "test", Guid.NewGuid()) { Teams = ["RAJ-ED-BAS", "RAJ-AMU-BAS"] },
        new("mh.nurse", "mental-health-clinician", "R1L", "TREAT", "test", Guid.NewGuid()) { Teams = ["R1L-CMHT-BAS", "R1L-LIAISON-BAS"] },
        new("community.nurse", "community-clinician", "R1L", "TREAT", "test", Guid.NewGuid()) { Teams = ["R1L-DN-BAS"] },
        new("service.manager", "service-manager", "R1L", "TREAT", "test", Guid.NewGuid()) { Teams = ["R1L-CMHT-BAS"] },
        new("doctor.elsewhere", "acute-clinician", "RXX", "TREAT", "test", Guid.NewGuid()),
        new("local-system", "system", "", "TREAT", "test", Guid.NewGuid()),
        new("board.member", "board-member", "QH8", "TREAT", "test", Guid.NewGuid()),
    ];

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));

    public AccessRules Rules { get; } = AccessRulesReader.Read(Checkout.Config);

    internal Shadow Real { get; private set; } = null!;

    internal AccessStore Opening => new(Real.Source, Real.Audit, Rules, Clock);

    internal Shadow Own(Access caller) => shadows[caller.User].Own;

    internal Shadow Finding(Access caller) => shadows[caller.User].Finding;

    public async Task InitializeAsync()
    {
        Real = await Shadow.Start(Clock, Rules);
        foreach (var caller in Callers) shadows[caller.User] = (await Shadow.Start(Clock, Rules), await Shadow.Start(Clock, Rules));
        foreach (var resource in AccessWorld.Resources)
            foreach (var version in resource.Versions)
            {
                Clock.Advance(TimeSpan.FromSeconds(1));
                await Real.Write(resource.Type, resource.Id, version);
                foreach (var caller in Callers)
                {
                    await Write(Own(caller), caller, resource, version, finding: false);
                    await Write(Finding(caller), caller, resource, version, finding: true);
                }
            }

        foreach (var person in AccessWorld.People.Where(person => person.Patients.Length > 1))
            foreach (var record in shadows.Values.SelectMany(pair => new[] { pair.Own, pair.Finding }).Append(Real)) await record.Link(person.Id, person.Patients);
        foreach (var person in AccessWorld.People)
        {
            foreach (var user in person.BrokenBy)
                Assert.True((await Opening.OpenRecord(Callers.First(caller => caller.User == user), person.Patients[0], "Needed for the matrix", CancellationToken.None)).IsSuccess);
            foreach (var user in person.OpenedBy)
                Assert.True((await Opening.OpenSeal(Callers.First(caller => caller.User == user), person.Patients[0], "sexual-health", "Needed for the matrix", CancellationToken.None)).IsSuccess);
        }
    }

    private static async Task Write(Shadow shadow, Access caller, WorldResource resource, JsonObject? version, bool finding)
    {
        var (seen, json) = new AccessOracle(caller).View(resource, version, finding);
        if (seen) await shadow.Write(resource.Type, resource.Id, json);
    }

    public async Task DisposeAsync()
    {
        foreach (var (own, finding) in shadows.Values)
        {
            await own.DisposeAsync();
            await finding.DisposeAsync();
        }

        await Real.DisposeAsync();
    }
}
