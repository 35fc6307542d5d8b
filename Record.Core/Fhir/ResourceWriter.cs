using Npgsql;

namespace Record.Core.Fhir;

/// <summary>Writes resources as sets, so that a hundred cost few round trips. The statements stand in <see cref="ResourceWriteSql"/>.</summary>
internal sealed class ResourceWriter(SearchNumberSql numbers, ResourceNumberSql resourceNumbers, AccessRules rules)
{
    /// <summary>The access policy in force.</summary>
    public AccessRules Rules => rules;

    /// <summary>The numbers of parameters and systems in search rows.</summary>
    public SearchNumberSql Numbers => numbers;

    /// <summary>One write that has been decided: what the current row becomes.</summary>
    internal sealed record Ready(ResourceWrite Write, long Number, int Version, byte[]? Body, string? Patient, bool Existed, IReadOnlyList<SearchValue> Added, IReadOnlyList<SearchParameter> Removed)
    {
        /// <summary>Whose it was.</summary>
        public string? PatientBefore { get; init; }

        /// <summary>What protects it.</summary>
        public long Guard { get; init; }

        /// <summary>Number of its source.</summary>
        public int Source { get; init; }

        /// <summary>What follows of its being registered: no version that comes later takes it back.</summary>
        public IReadOnlyList<RelationshipRow> Registered { get; init; } = [];

        /// <summary>What follows of its facts.</summary>
        public IReadOnlyList<RelationshipRow> Facts { get; init; } = [];
    }

    /// <summary>What was decided of a list of writes: a result for each, and what has to be stored.</summary>
    internal sealed record Decided(Result<Written>[] Results, List<Ready> Ready, DateTimeOffset At);

    /// <summary>
    /// Decides each write against the current versions, which it locks. <paramref name="connection"/> is inside a transaction unless
    /// every write is new.
    /// </summary>
    public async Task<Decided> Decide(NpgsqlConnection connection, IReadOnlyList<ResourceWrite> writes, DateTimeOffset now, CancellationToken cancellation)
    {
        await numbers.Load(cancellation);
        foreach (var write in writes) await numbers.Ensure(write.Values.Values, cancellation);
        var known = writes.Where(write => !write.IsNew).ToList();
        var current = known.Count == 0 ? [] : await ResourceWriteSql.LockCurrent(connection, known, cancellation);
        var fresh = await resourceNumbers.Take(writes.Count - current.Count, cancellation);
        var updated = TimeOf(now, current.Values.Select(old => old.Resource));
        var decided = new Decided(new Result<Written>[writes.Count], new(writes.Count), updated);
        var taken = 0;
        for (var i = 0; i < writes.Count; i++)
        {
            current.TryGetValue((writes[i].Type, writes[i].Id), out var old);
            decided.Results[i] = DecideOne(writes[i], old, old?.Number ?? (taken < fresh.Length ? fresh[taken] : 0), decided);
            if (old is null) taken++;
        }

        return decided;
    }

    /// <summary>The batch that stores what was decided.</summary>
    /// <param name="connection">Where it is stored.</param>
    /// <param name="decided">What is stored.</param>
    /// <param name="cause">What the change log says wrote it.</param>
    /// <param name="inTransaction">Whether a transaction is open.</param>
    /// <param name="made">Patients that the same transaction has made: about them its caller may write.</param>
    public ResourceWriteSql.Batch Store(NpgsqlConnection connection, Decided decided, string cause, bool inTransaction, IReadOnlySet<string>? made = null) =>
        new(connection, decided, cause, numbers, inTransaction, made);

    private Result<Written> DecideOne(ResourceWrite write, ResourceWriteSql.Current? old, long number, Decided decided)
    {
        var (version, exists) = (old?.Resource.Version ?? 0, old is { Resource.Deleted: false });
        if (exists && write.By is { WritesByRelationship: true } by && (old!.Guard & by.Denied) != 0) return FhirErrors.NotYours;
        if (write.IfMatch is { } expected && expected != (exists ? version : 0)) return expected == 0 ? FhirErrors.AlreadyThere : FhirErrors.VersionConflict;
        if (write.Json is null && old is null) return FhirErrors.NotFound;
        if (write.Json is null && !exists || write.Json is not null && exists && IsSame(old!.Resource, write)) return new Written(old!.Resource, false, false);

        var body = write.Json is null ? null : write.Draft.At(version + 1, decided.At);
        var patient = write.Json is null ? old!.Resource.Patient : write.Values.Patient;
        var (added, removed) = Difference(write, old, patient);
        decided.Ready.Add(new(write, number, version + 1, body, patient, old is not null, added, removed)
        {
            PatientBefore = old?.Resource.Patient,
            Guard = body is null ? old!.Guard : rules.GuardOf(write.Type, write.Values.Values), Source = body is null ? old!.Source : AccessRules.SourceOf(write.Values.Values),
            Registered = old is null && write is { Type: "Patient", Json: not null } ? Relationships.OfRegistration(rules, write.Id, write.By, decided.At) : [],
            Facts = body is null || patient is null ? [] : Relationships.Of(rules, write.Type, patient, write.Values, decided.At),
        });
        return new Written(new(write.Type, write.Id, version + 1, decided.At, body, body is null, patient), !exists, true);
    }

    private static bool IsSame(StoredResource old, ResourceWrite write) => write.Draft.At(old.Version, old.LastUpdated).AsSpan().SequenceEqual(old.Body.Span);

    // Only parameters whose values have changed are written again.
    private static (IReadOnlyList<SearchValue> Added, IReadOnlyList<SearchParameter> Removed) Difference(ResourceWrite write, ResourceWriteSql.Current? old, string? patient)
    {
        if (old is null || old.Resource.Deleted) return ([.. write.Values.Values], []);
        var before = ResourceWrite.Update(write.Type, write.Id, old.Resource.Body).Values;
        var sameDate = before.Patient == patient;
        var same = sameDate ? new HashSet<SearchValue>(before.Values) : [];
        var after = new HashSet<SearchValue>(write.Values.Values);
        var changed = new HashSet<SearchParameter>();
        foreach (var value in after) if (!same.Contains(value)) changed.Add(value.Parameter);
        foreach (var value in before.Values) if (!sameDate || !after.Contains(value)) changed.Add(value.Parameter);
        return ([.. after.Where(value => changed.Contains(value.Parameter))], [.. changed]);
    }

    // lastUpdated rises with every version, also when the clock does not, and is kept to the millisecond that meta shows.
    private static DateTimeOffset TimeOf(DateTimeOffset now, IEnumerable<StoredResource> current)
    {
        var time = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
        foreach (var old in current)
            if (time <= old.LastUpdated) time = old.LastUpdated.AddMilliseconds(1);
        return time;
    }
}
