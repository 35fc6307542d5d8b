using Simulator.People;

namespace Simulator.Journeys;

/// <summary>
/// Writes what happens to one person: two years before the anchor and one after it. Emergency attendances, stays, discharges,
/// follow-up that comes in time, late or never, visits at home. A pure function of person, seed and anchor.
/// </summary>
internal sealed class LifeWriter
{
    private static readonly string[] AcuteReasons = ["Fall", "Chest pain", "Shortness of breath", "Urinary tract infection", "Abdominal pain", "Fractured neck of femur", "Cellulitis", "Overdose", "Dizziness", "Pneumonia"];
    private static readonly string[] MentalReasons = ["Low mood and suicidal thoughts", "Relapse of psychosis", "Manic episode", "Severe anxiety", "Self-harm"];
    private static readonly string[] NursingReasons = ["Wound care", "Insulin administration", "Catheter care", "Pressure ulcer review"];
    private static readonly string[] ClinicReasons = ["Cardiology clinic", "Diabetes clinic", "Orthopaedic clinic", "Respiratory clinic", "Memory clinic"];

    private readonly Person person;
    private readonly IReadOnlyDictionary<string, SourceFile> sources;
    private readonly Random dice;
    private readonly List<SimulatedEvent> events = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> inBed = [];
    private int visits;

    private LifeWriter(Person person, IReadOnlyDictionary<string, SourceFile> sources, int seed)
    {
        this.person = person;
        this.sources = sources;
        dice = new Random(HashCode32.Of($"life:{seed}:{person.Number}"));
    }

    /// <summary>Fewest events before the anchor.</summary>
    public const int FewestEvents = 42;

    private SourceFile Acute => sources[person.Town.Acute];

    private LocationFile Cmht => sources["mh-community"].Locations.First(location => location.Team == (person.Town.Name is "Southend-on-Sea" or "Rochford" ? "R1L-CMHT-SOU" : "R1L-CMHT-BAS"));

    /// <summary>The events of one person, in order.</summary>
    public static List<SimulatedEvent> Write(Person person, IReadOnlyDictionary<string, SourceFile> sources, int seed, DateTimeOffset anchor)
    {
        var life = new LifeWriter(person, sources, seed);
        var (start, end) = (anchor.AddDays(-730), anchor.AddDays(365));
        life.Episodes(start, end);
        life.Contacts(start, end);
        life.Demographics(start, anchor);
        life.Fill(start, anchor);
        return [.. life.events.Where(e => e.At >= start && e.At < end).OrderBy(e => e.At).ThenBy(e => e.Visit)];
    }

    private void Episodes(DateTimeOffset start, DateTimeOffset end)
    {
        for (var at = start.AddDays(dice.Next(1, 120)); at < end;)
        {
            var roll = dice.Next(100);
            at = (person.MentalHealth, person.Frail) switch
            {
                (true, _) when roll < 45 => MentalHealthStay(at),
                (true, _) when roll < 60 => EmergencyWithLiaison(at),
                (_, true) when roll < 55 => Admission(Emergency(at, true)),
                _ when roll < 70 => Emergency(at, false),
                _ => Admission(Emergency(at, true)),
            };
            at = at.AddDays(person.MentalHealth || person.Frail ? dice.Next(40, 190) : dice.Next(90, 330)).AddMinutes(dice.Next(1440));
        }
    }

    private DateTimeOffset Emergency(DateTimeOffset at, bool admitted)
    {
        var (visit, place, reason) = (++visits, Acute.Location("emergency-department"), Pick(AcuteReasons));
        var left = at.AddMinutes(dice.Next(70, 420));
        Add(new(at, person, Acute, "A04") { Visit = visit, Class = 'E', Location = place, Start = at, Reason = reason });
        Add(new(left, person, Acute, "A03") { Visit = visit, Class = 'E', Location = place, Start = at, End = left, Destination = admitted ? "51" : "19" });
        return left;
    }

    private DateTimeOffset EmergencyWithLiaison(DateTimeOffset at)
    {
        var left = Emergency(at, false);
        var seen = at.AddMinutes(dice.Next(30, 180));
        Contact(seen, sources["mh-liaison"], "mental-health-team", "5", "01", "Seen in the emergency department: " + Pick(MentalReasons).ToLowerInvariant());
        return left;
    }

    private DateTimeOffset Admission(DateTimeOffset at)
    {
        var (visit, reason) = (++visits, Pick(AcuteReasons));
        var first = Acute.Location("general-acute-bed", 0);
        var second = Acute.Location("general-acute-bed", 1);
        at = at.AddMinutes(dice.Next(5, 60));
        Add(new(at, person, Acute, "A01") { Visit = visit, Class = 'I', Location = first, Start = at, Reason = reason });
        if (dice.Next(100) < 3)
        {
            Add(new(at.AddMinutes(20), person, Acute, "A11") { Visit = visit, Class = 'I', Location = first, Start = at });
            return at;
        }

        var moved = at.AddHours(dice.Next(10, 40));
        Add(new(moved, person, Acute, "A02") { Visit = visit, Class = 'I', Location = second, Start = at });
        if (dice.Next(100) < 4)
        {
            Add(new(moved.AddMinutes(15), person, Acute, "A12") { Visit = visit, Class = 'I', Location = first, Start = at });
            Add(new(moved.AddMinutes(90), person, Acute, "A02") { Visit = visit, Class = 'I', Location = second, Start = at });
        }

        var left = Daytime(moved.AddDays(dice.Next(1, 9)));
        Add(new(left, person, Acute, "A03") { Visit = visit, Class = 'I', Location = second, Start = at, End = left, Destination = dice.Next(100) < 12 ? "54" : "19" });
        inBed.Add((at, left));
        if (person.Frail && dice.Next(100) < 30) left = CommunityStay(left.AddHours(3));
        if (person.Frail) Nursing(left, dice.Next(3, 9));
        else if (dice.Next(100) < 30) Contact(left.AddHours(dice.Next(20, 60)), sources["urgent-response"], "community-team", "5", "01", "Visit after discharge");
        return left;
    }

    private DateTimeOffset CommunityStay(DateTimeOffset at)
    {
        var (visit, source) = (++visits, sources["community-hospitals"]);
        var ward = source.Location("community-bed", person.Number);
        var left = Daytime(at.AddDays(dice.Next(7, 22)));
        Add(new(at, person, source, "A01") { Visit = visit, Class = 'I', Location = ward, Start = at, Reason = "Rehabilitation" });
        Add(new(left, person, source, "A03") { Visit = visit, Class = 'I', Location = ward, Start = at, End = left, Destination = "19" });
        inBed.Add((at, left));
        return left;
    }

    private DateTimeOffset MentalHealthStay(DateTimeOffset at)
    {
        Contact(at, sources["mh-crisis"], "mental-health-team", "5", "01", Pick(MentalReasons));
        var source = sources["mh-inpatients"];
        var rehabilitation = dice.Next(100) < 12;
        var ward = rehabilitation ? source.Location("mental-health-other-bed") : source.Locations.First(l => l.Kind == "mental-health-acute-bed" && l.Team == Cmht.Team);
        var visit = ++visits;
        var admitted = at.AddHours(dice.Next(3, 30));
        Add(new(admitted, person, source, "A01") { Visit = visit, Class = 'I', Location = ward, Start = admitted, Reason = Pick(MentalReasons) });
        Add(new(admitted.AddDays(2), person, source, "A08") { Visit = visit, Class = 'I', Location = ward, Start = admitted, Reason = Pick(MentalReasons) });
        var left = Daytime(admitted.AddDays(dice.Next(6, 32)));
        var roll = dice.Next(100);
        var destination = roll < 91 ? "19" : roll < 94 ? "51" : roll < 97 ? "53" : "37";
        Add(new(left, person, source, "A03") { Visit = visit, Class = 'I', Location = ward, Start = admitted, End = left, Destination = destination });
        if (dice.Next(100) < 3)
        {
            var again = left.AddHours(5);
            Add(new(left.AddHours(1), person, source, "A13") { Visit = visit, Class = 'I', Location = ward, Start = admitted });
            Add(new(again, person, source, "A03") { Visit = visit, Class = 'I', Location = ward, Start = admitted, End = again, Destination = destination });
            left = again;
        }

        inBed.Add((admitted, left));
        if (destination is "19" or "51") FollowUp(left);
        return left;
    }

    // What happens after a discharge, as it really does: most are seen in time, some late, some by a way that does not count, some never.
    private void FollowUp(DateTimeOffset left)
    {
        var source = sources["mh-community"];
        var roll = dice.Next(100);
        if (roll is >= 70 and < 78) Contact(left.AddHours(dice.Next(1, 5)), source, Cmht, "5", "02", "Call on the day of discharge");
        if (roll < 70) Contact(Daytime(left.AddDays(dice.Next(1, 3))), source, Cmht, "5", Pick(["01", "01", "02", "11"]), "Follow-up after discharge");
        else if (roll < 78) Contact(Daytime(left.AddDays(dice.Next(2, 6))), source, Cmht, "5", "01", "Follow-up after discharge");
        else if (roll < 87) Contact(Daytime(left.AddDays(dice.Next(5, 10))), source, Cmht, "5", "01", "Follow-up after discharge");
        else if (roll < 93)
        {
            Contact(Daytime(left.AddDays(2)), source, Cmht, "7", "01", "Follow-up after discharge");
            Contact(Daytime(left.AddDays(dice.Next(4, 8))), source, Cmht, "5", "02", "Call after a missed appointment");
        }
        else if (roll < 97) Contact(left.AddDays(1), source, Cmht, "5", "09", "Text message sent");

        for (var i = 1; i <= 4; i++)
            Contact(Daytime(left.AddDays(14 * i + dice.Next(5))), source, Cmht, dice.Next(100) < 85 ? "5" : "7", Pick(["01", "01", "02", "11"]), "Care coordination");
    }

    private void Contacts(DateTimeOffset start, DateTimeOffset end)
    {
        if (person.DailyNursing)
            for (var at = end.AddDays(-395); at < end; at = at.AddDays(1)) Contact(Daytime(at), sources["community-nursing"], "community-team", "5", "01", "Insulin administration");
        for (var at = start.AddDays(dice.Next(10, 60)); at < end; at = at.AddDays(dice.Next(35, 100))) Clinic(Daytime(at));
        if (person.MentalHealth)
            for (var at = start.AddDays(dice.Next(5, 40)); at < end; at = at.AddDays(dice.Next(28, 60)))
                Contact(Daytime(at), sources["mh-community"], Cmht, dice.Next(100) < 85 ? "5" : Pick(["7", "2"]), Pick(["01", "01", "02", "11"]), "Care coordination");
        if (person.Frail)
            for (var at = start.AddDays(dice.Next(5, 90)); at < end; at = at.AddDays(dice.Next(60, 160))) Nursing(at, dice.Next(2, 6));
        for (var at = start.AddDays(dice.Next(100, 500)); at < end; at = at.AddDays(dice.Next(200, 700)))
            Contact(at, sources["urgent-response"], "community-team", "5", "01", "Two-hour urgent community response: " + Pick(["fall without injury", "blocked catheter", "sudden frailty", "carer unwell"]));
    }

    private void Nursing(DateTimeOffset at, int count)
    {
        var reason = Pick(NursingReasons);
        for (var i = 0; i < count; i++) Contact(Daytime(at.AddDays(2 * i + 1)), sources["community-nursing"], "community-team", dice.Next(100) < 95 ? "5" : "3", "01", reason);
    }

    private void Clinic(DateTimeOffset at)
    {
        if (IsInBed(at)) return;
        Add(new(at, person, Acute, "A04") { Visit = ++visits, Class = 'O', Location = Acute.Location("clinic"), Start = at, Reason = Pick(ClinicReasons), Attendance = dice.Next(100) < 90 ? "5" : "7", Mechanism = dice.Next(100) < 75 ? "01" : "02" });
    }

    private void Contact(DateTimeOffset at, SourceFile source, string kind, string attendance, string mechanism, string reason) => Contact(at, source, source.Location(kind, person.Number), attendance, mechanism, reason);

    private void Contact(DateTimeOffset at, SourceFile source, LocationFile place, string attendance, string mechanism, string reason)
    {
        if (IsInBed(at)) return;
        Add(new(at, person, source, "A04") { Visit = ++visits, Class = 'C', Location = place, Start = at, Reason = reason, Attendance = attendance, Mechanism = mechanism });
    }

    private void Demographics(DateTimeOffset start, DateTimeOffset anchor)
    {
        Add(new(start.AddDays(dice.Next(1, 700)), person, Acute, "A31"));
        if (dice.Next(100) >= 2) return;
        var second = $"{person.In(Acute).LocalId}T";
        var registered = start.AddDays(dice.Next(50, 600));
        Add(new(registered, person, Acute, "A28") { OtherLocalId = second });
        Add(new(registered.AddDays(dice.Next(3, 60)), person, Acute, "A40") { Merged = second });
    }

    private void Fill(DateTimeOffset start, DateTimeOffset anchor)
    {
        var missing = FewestEvents - events.Count(e => e.At >= start && e.At < anchor);
        for (var i = 0; missing > 0 && i < 1000; i++)
        {
            var before = events.Count;
            var at = Daytime(start.AddDays(dice.Next(1, 728)));
            if (person.Frail || i % 3 == 0) Contact(at, sources["community-nursing"], "community-team", "5", "01", Pick(NursingReasons));
            else Clinic(at);
            missing -= events.Count - before;
        }
    }

    private bool IsInBed(DateTimeOffset at) => inBed.Any(stay => at > stay.From && at < stay.To);

    private void Add(SimulatedEvent happened) => events.Add(happened with { At = Whole(happened.At), Start = Whole(happened.Start), End = Whole(happened.End) });

    private static DateTimeOffset Whole(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute));

    private static DateTimeOffset? Whole(DateTimeOffset? at) => at is { } moment ? Whole(moment) : null;

    private DateTimeOffset Daytime(DateTimeOffset at) => new DateTimeOffset(at.Date, TimeSpan.Zero).AddHours(8).AddMinutes(dice.Next(9 * 60));

    private string Pick(string[] from) => from[dice.Next(from.Length)];
}
