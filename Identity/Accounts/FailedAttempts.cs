using System.Collections.Concurrent;

namespace Identity.Accounts;

/// <summary>
/// Counts failures to sign in, by account and by network address, and locks for a while whoever has too many. Names that nobody has are counted
/// like others, so that an answer does not tell which exist.
/// </summary>
public sealed class FailedAttempts(TimeProvider clock)
{
    /// <summary>Failures in a row before an account is locked.</summary>
    public const int OfAccount = 5;

    /// <summary>Failures within the time below before an address is locked, whatever accounts it tried.</summary>
    public const int OfAddress = 30;

    /// <summary>How long a lock lasts, and how long a failure counts.</summary>
    public static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(5);

    private const int Most = 20_000;

    private readonly ConcurrentDictionary<string, (int Failures, DateTimeOffset Until)> counted = new();

    /// <summary>Whether an account or an address is locked now.</summary>
    public bool IsLocked(string user, string address) => Count(Account(user)) >= OfAccount || Count(Address(address)) >= OfAddress;

    /// <summary>Counts one failure.</summary>
    public void Failed(string user, string address)
    {
        Add(Account(user));
        Add(Address(address));
    }

    /// <summary>Forgets the failures of an account: it has signed in.</summary>
    public void Succeeded(string user) => counted.TryRemove(Account(user), out _);

    private static string Account(string user) => "account:" + (user.Length > 100 ? user[..100] : user).ToUpperInvariant();

    private static string Address(string address) => "address:" + address;

    private int Count(string key) => counted.TryGetValue(key, out var found) && found.Until > clock.GetUtcNow() ? found.Failures : 0;

    private void Add(string key)
    {
        var now = clock.GetUtcNow();
        if (counted.Count >= Most) Forget(now);
        counted.AddOrUpdate(key, (1, now + LockedFor), (_, before) => before.Until > now ? (before.Failures + 1, now + LockedFor) : (1, now + LockedFor));
    }

    // Names tried at random fill no memory and push nobody's lock out: first what has ended, then what counts least.
    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, (_, until)) in counted)
            if (until <= now) counted.TryRemove(key, out _);
        if (counted.Count < Most) return;
        foreach (var key in counted.OrderBy(pair => pair.Value.Failures).Take(Most / 4).Select(pair => pair.Key).ToList()) counted.TryRemove(key, out _);
    }
}
