using Simulator.Journeys;
using Simulator.Messages;
using Simulator.People;

namespace Simulator.Sending;

/// <summary>What one source sends in order: all messages of a patient stand on one lane, so that lanes can run side by side.</summary>
public sealed record Lane(SourceFile Source, string Name, IReadOnlyList<SimulatedEvent> Events)
{
    private const int LanesOfV2 = 2, LanesOfFhir = 8;

    /// <summary>The message at a place: the same bytes whenever they are made.</summary>
    public byte[] Message(int place) => Source.Protocol == "fhir" ? BundleWriter.Write(Events[place], Control(place)) : V2Writer.Write(Events[place], Control(place));

    /// <summary>MSH-10 or Bundle.identifier.</summary>
    public string Control(int place) => $"{Name}-{place}";

    /// <summary>All lanes of all sources.</summary>
    public static IReadOnlyList<Lane> All(IReadOnlyList<SourceFile> sources, int seed, int patients, DateOnly anchor)
    {
        var byCode = sources.ToDictionary(source => source.Code);
        var start = new DateTimeOffset(anchor.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var events = new Dictionary<(string Source, int Lane), List<SimulatedEvent>>();
        for (var number = 0; number < patients; number++)
            foreach (var happened in LifeWriter.Write(Population.Make(seed, number, anchor), byCode, seed, start))
            {
                var key = (happened.Source.Code, number % (happened.Source.Protocol == "fhir" ? LanesOfFhir : LanesOfV2));
                if (!events.TryGetValue(key, out var lane)) events[key] = lane = [];
                lane.Add(happened);
            }

        return [.. from source in sources
                   from lane in Enumerable.Range(0, source.Protocol == "fhir" ? LanesOfFhir : LanesOfV2)
                   where events.ContainsKey((source.Code, lane))
                   select new Lane(source, $"{seed}-{patients}-{lane}", [.. events[(source.Code, lane)].OrderBy(e => e.At).ThenBy(e => e.Person.Number)])];
    }
}
