using Record.Core.Identity.Matching;

namespace Record.Core.Identity.Bulk;

/// <summary>
/// The links of a whole set in memory. Records that are linked already come first, then the others in the order in which they are
/// taken: each sees those before it, as if they had arrived one by one.
/// </summary>
internal sealed class MemoryLinks : ILinks
{
    private static readonly About Nothing = new(null, null); // the database has it

    private readonly IReadOnlyList<MatchSubject> subjects;
    private readonly Dictionary<string, int> places;
    private readonly Neighbours neighbours;
    private readonly PersonChains persons;
    private readonly bool[] held;
    private HashSet<int> changed = [];
    private List<string[]> parted = [];

    /// <summary>A set of which nobody is linked.</summary>
    /// <param name="subjects">The records, with different ids.</param>
    /// <param name="blocks">Their blocks.</param>
    /// <param name="rules">Weights and thresholds.</param>
    /// <param name="there">How many of them, the first ones, are there from the beginning.</param>
    public MemoryLinks(IReadOnlyList<MatchSubject> subjects, Blocks blocks, LinkageRules rules, int there)
    {
        this.subjects = subjects;
        places = new(subjects.Count);
        for (var i = 0; i < subjects.Count; i++) places.Add(subjects[i].Id, i);
        neighbours = new(subjects, blocks, rules, there);
        persons = new(subjects.Count);
        held = new bool[subjects.Count];
        Questions = new(persons);
    }

    /// <summary>What stewards are asked.</summary>
    public Questions Questions { get; }

    /// <summary>Who is whom.</summary>
    public PersonChains Persons => persons;

    /// <summary>The place of a record.</summary>
    public int Place(string patient) => places.GetValueOrDefault(patient, -1);

    /// <summary>Sets a link that is there already.</summary>
    public void Start(int record, Guid person, string method, double? score, bool isHeld)
    {
        persons.Put(record, person, method, score);
        held[record] = isHeld;
    }

    /// <summary>Compares some records with those that they will meet, on all processors, before they are taken one by one.</summary>
    public void Compare(int from, int to) => neighbours.Compare(from, to);

    /// <summary>How many of a record's blocks were too large; of the records compared last.</summary>
    public int Crowded(int record) => neighbours.Crowded(record);

    /// <summary>How many pairs were compared.</summary>
    public long Compared => neighbours.Count;

    /// <summary>Whether a record may be two people.</summary>
    public bool IsHeld(int record) => held[record];

    /// <summary>Gives the records whose links have changed and forgets them.</summary>
    public HashSet<int> TakeChanged() => Interlocked.Exchange(ref changed, []);

    /// <summary>Gives the groups of records of which one was taken out and forgets them.</summary>
    public List<string[]> TakeParted() => Interlocked.Exchange(ref parted, []);

    public ValueTask<PatientLink?> Of(string patient, CancellationToken cancellation) =>
        new(Place(patient) is var record and >= 0 && persons.Of(record) is { } person ? new PatientLink(patient, person, persons.Method(record), "", default) { Score = persons.Score(record) } : null);

    public ValueTask<IReadOnlyCollection<Guid>> Alike(MatchSubject subject, About about, CancellationToken cancellation)
    {
        var alike = new HashSet<Guid>();
        foreach (var other in neighbours.Of(Place(subject.Id)))
            if (persons.Of(other) is { } person) alike.Add(person);
        return new(alike);
    }

    public ValueTask<IReadOnlyList<Member>> Members(IReadOnlyCollection<Guid> of, CancellationToken cancellation)
    {
        var members = new List<Member>();
        foreach (var person in of)
            foreach (var record in persons.Records(person)) members.Add(new(subjects[record], person, persons.Method(record), held[record], Nothing));
        members.Sort((a, b) => string.CompareOrdinal(a.Subject.Id, b.Subject.Id));
        return new(members);
    }

    public ValueTask<IReadOnlySet<string>> KeptApart(IReadOnlyCollection<string> patients, CancellationToken cancellation) => new(Decided(patients, QuestionState.KeptApart));

    public ValueTask<IReadOnlySet<string>> Bound(string patient, CancellationToken cancellation) => new(Decided([patient], QuestionState.Linked));

    public ValueTask Move(string patient, Guid person, string method, double? score, CancellationToken cancellation)
    {
        var record = Place(patient);
        persons.Put(record, person, method, score);
        changed.Add(record);
        return default;
    }

    public ValueTask Leave(string patient, Guid from, Guid to, string method, CancellationToken cancellation)
    {
        var together = persons.Records(from).Select(record => subjects[record].Id).ToArray();
        if (together.Length > 1) parted.Add(together);
        return Move(patient, to, method, null, cancellation);
    }

    public ValueTask Ask(string patient, PersonMatch match, CancellationToken cancellation)
    {
        Questions.Ask(Place(patient), Place(match.Best), match.Score.Weight, match.Reason);
        return default;
    }

    public ValueTask WithdrawOthers(string patient, IReadOnlyCollection<string> asked, CancellationToken cancellation)
    {
        Questions.WithdrawOthers(Place(patient), [.. asked.Select(Place)]);
        return default;
    }

    public ValueTask WithdrawAnswered(Guid person, CancellationToken cancellation)
    {
        Questions.WithdrawAnswered(person);
        return default;
    }

    private HashSet<string> Decided(IReadOnlyCollection<string> patients, QuestionState state)
    {
        var others = new HashSet<string>();
        foreach (var patient in patients)
            foreach (var other in Questions.With(Place(patient), state)) others.Add(subjects[other].Id);
        return others;
    }
}
