using System.Text;
using Simulator.Sending;
using Xunit;

namespace Simulator.Tests;

/// <summary>What the ten systems send: the same whenever it is made, and as real systems would.</summary>
public class LaneTests
{
    private static readonly DateOnly Anchor = new(2026, 3, 1);
    private static readonly IReadOnlyList<SourceFile> Sources = SourceFile.Read(Path.Combine(Root(AppContext.BaseDirectory), "config"));
    private static readonly IReadOnlyList<Lane> Lanes = Lane.All(Sources, 1, 60, Anchor);
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "MseEpr.sln")) ? folder : Root(Path.GetDirectoryName(folder)!);

    [Fact]
    public void There_are_three_systems_of_one_trust_and_seven_of_the_other_and_two_or_more_speak_FHIR()
    {
        Assert.Equal(3, Sources.Count(source => source.Organisation == "RAJ"));
        Assert.Equal(7, Sources.Count(source => source.Organisation == "R1L"));
        Assert.True(Sources.Count(source => source.Protocol == "fhir") >= 2);
    }

    [Fact]
    public void Everybody_has_at_least_forty_events_in_the_two_years_before()
    {
        var counts = Lanes.SelectMany(lane => lane.Events).Where(e => e.At < Start).GroupBy(e => e.Person.Number).Select(group => group.Count()).ToList();

        Assert.Equal(60, counts.Count);
        Assert.All(counts, count => Assert.InRange(count, 40, 2000));
    }

    [Fact]
    public void The_same_seed_makes_the_same_bytes()
    {
        var again = Lane.All(Sources, 1, 60, Anchor);

        Assert.Equal(Lanes.Select(lane => lane.Name + lane.Source.Code), again.Select(lane => lane.Name + lane.Source.Code));
        Assert.All(Lanes.Zip(again), pair => Assert.All(Enumerable.Range(0, Math.Min(20, pair.First.Events.Count)), place => Assert.Equal(pair.First.Message(place), pair.Second.Message(place))));
    }

    [Fact]
    public void Numbers_are_of_the_range_that_is_never_issued_valid_and_nobodys_twice()
    {
        var numbers = Enumerable.Range(0, 5000).Select(number => People.Population.NhsNumberOf(1, number)).ToList();

        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.All(numbers, number =>
        {
            Assert.StartsWith("999", number, StringComparison.Ordinal);
            var sum = Enumerable.Range(0, 9).Sum(i => (number[i] - '0') * (10 - i));
            Assert.Equal((11 - sum % 11) % 11, number[9] - '0');
        });
    }

    [Fact]
    public void Messages_of_a_lane_stand_in_the_order_of_events_and_have_each_a_control_id()
    {
        Assert.All(Lanes, lane => Assert.Equal(lane.Events.Select(e => e.At), lane.Events.Select(e => e.At).Order()));
        foreach (var lane in Lanes.Where(lane => lane.Source.Protocol == "hl7v2"))
        {
            var message = Encoding.UTF8.GetString(lane.Message(3));
            Assert.StartsWith($@"MSH|^~\&|{lane.Source.Code}|{lane.Source.Organisation}|", message, StringComparison.Ordinal);
            Assert.Contains($"|{lane.Name}-3|P|2.4|", message, StringComparison.Ordinal);
            Assert.EndsWith("\r", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void The_same_person_stands_in_several_systems_with_the_differences_that_systems_have()
    {
        var systems = Lanes.SelectMany(lane => lane.Events).GroupBy(e => e.Person.Number).Select(group => group.Select(e => e.Source.Code).Distinct().Count()).ToList();
        var people = Enumerable.Range(0, 300).Select(number => People.Population.Make(1, number, Anchor)).ToList();
        var registrations = people.Select(person => Sources.Select(person.In).ToList()).ToList();

        Assert.True(systems.Average() > 2.5);
        Assert.Contains(registrations, all => all.Select(r => r.Given).Distinct().Count() > 1);
        Assert.Contains(registrations, all => all.Any(r => r.NhsNumber is null));
        Assert.Contains(registrations, all => all.Any(r => r.Status != "01" && r.NhsNumber is not null));
        Assert.Contains(registrations, all => all.Select(r => r.Born).Distinct().Count() > 1);
    }

    [Fact]
    public void Most_are_followed_up_in_time_after_an_acute_mental_health_bed_and_some_are_not()
    {
        var events = Lane.All(Sources, 1, 400, Anchor).SelectMany(lane => lane.Events).ToList();
        var contacts = events.Where(e => e.Source.Code == "mh-community" && e.Attendance == "5" && e.Mechanism is "01" or "02" or "11").ToLookup(e => e.Person.Number);
        var discharges = events.Where(e => e.Source.Code == "mh-inpatients" && e.Trigger == "A03" && e.Location!.Kind == "mental-health-acute-bed" && e.Destination is "19" or "51").ToList();

        var share = discharges.Count(d => contacts[d.Person.Number].Any(c => c.At > d.At && c.At <= d.At.AddHours(72))) / (double)discharges.Count;

        Assert.InRange(share, 0.6, 0.95);
    }
}
