namespace Record.Core.Identity.Bulk;

/// <summary>Which person each record is, in few bytes a record: the records of a person are a chain.</summary>
internal sealed class PersonChains(int records)
{
    private static readonly string[] Methods = ["own", "weight", "nhs-number", "source-merge", "steward", "held"];

    private readonly int[] personOf = Filled(records);
    private readonly int[] next = Filled(records);
    private readonly byte[] methods = new byte[records];
    private readonly double[] scores = new double[records];
    private readonly List<Guid> ids = [];
    private readonly List<int> heads = [];
    private readonly Dictionary<Guid, int> numbers = [];

    /// <summary>The person of a record; null if it has none yet.</summary>
    public Guid? Of(int record) => personOf[record] < 0 ? null : ids[personOf[record]];

    /// <summary>How that was decided.</summary>
    public string Method(int record) => Methods[methods[record]];

    /// <summary>By what weight, if it was.</summary>
    public double? Score(int record) => double.IsNaN(scores[record]) ? null : scores[record];

    /// <summary>The records of a person.</summary>
    public List<int> Records(Guid person)
    {
        var found = new List<int>();
        if (numbers.TryGetValue(person, out var number))
            for (var record = heads[number]; record >= 0; record = next[record]) found.Add(record);
        return found;
    }

    /// <summary>Whether two records are one person.</summary>
    public bool AreOne(int a, int b) => personOf[a] == personOf[b] && personOf[a] >= 0;

    /// <summary>A number for each record, the same for those of one person.</summary>
    public int[] Labels() => personOf;

    /// <summary>Makes a record a person's.</summary>
    public void Put(int record, Guid person, string method, double? score)
    {
        if (personOf[record] >= 0) TakeOut(record);
        if (!numbers.TryGetValue(person, out var number))
        {
            numbers.Add(person, number = ids.Count);
            ids.Add(person);
            heads.Add(-1);
        }

        (personOf[record], next[record], heads[number]) = (number, heads[number], record);
        methods[record] = (byte)Math.Max(0, Array.IndexOf(Methods, method));
        scores[record] = score is { } weight ? weight : double.NaN;
    }

    private void TakeOut(int record)
    {
        var number = personOf[record];
        if (heads[number] == record) heads[number] = next[record];
        else
        {
            var before = heads[number];
            while (next[before] != record) before = next[before];
            next[before] = next[record];
        }
    }

    private static int[] Filled(int count)
    {
        var filled = new int[count];
        Array.Fill(filled, -1);
        return filled;
    }
}
