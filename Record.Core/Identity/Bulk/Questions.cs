namespace Record.Core.Identity.Bulk;

/// <summary>How a question stands.</summary>
internal enum QuestionState
{
    Open,
    Linked,
    KeptApart,
    Withdrawn,
}

/// <summary>A question about two records, the first of which has the smaller place.</summary>
internal sealed class Question
{
    public required int First { get; init; }

    public required int Second { get; init; }

    public double Weight { get; set; }

    public string Reason { get; set; } = "";

    public QuestionState State { get; set; }

    /// <summary>Whether the database has it.</summary>
    public bool IsKept { get; set; }
}

/// <summary>What stewards are asked about a set in memory, and what they decided.</summary>
internal sealed class Questions(PersonChains persons)
{
    private readonly Dictionary<(int, int), Question> all = [];
    private readonly Dictionary<int, List<Question>> byRecord = [];
    private HashSet<Question> changed = [];

    /// <summary>Those that are open.</summary>
    public IEnumerable<Question> Open => all.Values.Where(question => question.State == QuestionState.Open);

    /// <summary>A question that the database has.</summary>
    public void Start(int a, int b, double weight, string reason, QuestionState state) => Add(a, b, new() { First = Math.Min(a, b), Second = Math.Max(a, b), Weight = weight, Reason = reason, State = state, IsKept = true });

    /// <summary>The records that a question of this state is about, beside one.</summary>
    public IEnumerable<int> With(int record, QuestionState state)
    {
        if (!byRecord.TryGetValue(record, out var questions)) yield break;
        foreach (var question in questions)
            if (question.State == state) yield return question.First == record ? question.Second : question.First;
    }

    /// <summary>Asks; what was decided is not asked again.</summary>
    public void Ask(int a, int b, double weight, string reason)
    {
        if (!all.TryGetValue((Math.Min(a, b), Math.Max(a, b)), out var question)) Add(a, b, question = new() { First = Math.Min(a, b), Second = Math.Max(a, b) });
        else if (question.State is QuestionState.Linked or QuestionState.KeptApart) return;
        (question.Weight, question.Reason, question.State) = (weight, reason, QuestionState.Open);
        changed.Add(question);
    }

    /// <summary>Withdraws what is asked about a record, but for the pairs with these.</summary>
    public void WithdrawOthers(int record, IReadOnlyList<int> asked)
    {
        if (!byRecord.TryGetValue(record, out var questions)) return;
        foreach (var question in questions)
            if (!asked.Contains(question.First == record ? question.Second : question.First)) Withdraw(question);
    }

    /// <summary>Withdraws what is asked about two records of one person.</summary>
    public void WithdrawAnswered(Guid person)
    {
        foreach (var record in persons.Records(person))
            if (byRecord.TryGetValue(record, out var questions))
                foreach (var question in questions)
                    if (persons.AreOne(question.First, question.Second)) Withdraw(question);
    }

    /// <summary>Gives what has changed and forgets it. What was withdrawn before anybody saw it is not among it.</summary>
    public List<Question> TakeChanged()
    {
        var taken = changed.Where(question => question.IsKept || question.State == QuestionState.Open).ToList();
        changed = [];
        foreach (var question in taken) question.IsKept = true;
        return taken;
    }

    private void Withdraw(Question question)
    {
        if (question.State != QuestionState.Open) return;
        question.State = QuestionState.Withdrawn;
        changed.Add(question);
    }

    private void Add(int a, int b, Question question)
    {
        all.Add((question.First, question.Second), question);
        foreach (var record in (int[])[a, b])
            if (byRecord.TryGetValue(record, out var questions)) questions.Add(question);
            else byRecord.Add(record, [question]);
    }
}
