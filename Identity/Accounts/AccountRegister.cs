using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Identity.Accounts;

/// <summary>
/// The accounts of CONTRACT, in Development only: elsewhere the register is empty and people come from NHS CIS2 or Entra ID.
/// Locks an account for a while after repeated failures.
/// </summary>
public sealed class AccountRegister
{
    /// <summary>Failures in a row before an account is locked.</summary>
    public const int FailuresAllowed = 5;

    /// <summary>How long it stays locked.</summary>
    public static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(5);

    private const string DevelopmentPassword = "local-only";

    private readonly Dictionary<string, Account> accounts;
    private readonly ConcurrentDictionary<string, (int Failures, DateTimeOffset LockedUntil)> failures = new();
    private readonly TimeProvider clock;
    private readonly byte[] salt = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] hash;

    public AccountRegister(IHostEnvironment environment, TimeProvider clock)
    {
        this.clock = clock;
        accounts = environment.IsDevelopment() ? Load().ToDictionary(account => account.User) : [];
        hash = Hash(DevelopmentPassword);
    }

    /// <summary>The account of this name, if there is one.</summary>
    public Account? Find(string user) => accounts.GetValueOrDefault(user);

    /// <summary>The account, if the password is right and it is not locked. Takes as long either way.</summary>
    public Account? SignIn(string user, string password, out bool locked)
    {
        var now = clock.GetUtcNow();
        var before = failures.GetValueOrDefault(user);
        locked = before.LockedUntil > now;
        var right = CryptographicOperations.FixedTimeEquals(Hash(password), hash);
        if (locked) return null;
        if (right && Find(user) is { } account)
        {
            failures.TryRemove(user, out _);
            return account;
        }

        if (failures.Count > 10_000) failures.Clear(); // names tried at random must not fill the memory
        var count = failures.AddOrUpdate(user, (1, default), (_, old) => (old.LockedUntil > default(DateTimeOffset) && old.LockedUntil <= now ? 1 : old.Failures + 1, default)).Failures;
        if (count >= FailuresAllowed) failures[user] = (count, now + LockedFor);
        locked = count >= FailuresAllowed;
        return null;
    }

    private byte[] Hash(string password) => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, 100_000, HashAlgorithmName.SHA256, 32);

    private static Account[] Load()
    {
        using var file = typeof(AccountRegister).Assembly.GetManifestResourceStream("Identity.Accounts.development-accounts.json")!;
        return JsonSerializer.Deserialize<Account[]>(file, JsonSerializerOptions.Web)!;
    }
}
