using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Identity.Accounts;

/// <summary>The accounts of CONTRACT, in Development only: elsewhere the register is empty and people come from NHS CIS2 or Entra ID.</summary>
public sealed class AccountRegister
{
    private const string DevelopmentPassword = "local-only";

    private readonly Dictionary<string, Account> accounts;
    private readonly FailedAttempts attempts;
    private readonly byte[] salt = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] hash;

    public AccountRegister(IHostEnvironment environment, FailedAttempts attempts)
    {
        this.attempts = attempts;
        accounts = environment.IsDevelopment() ? Load().ToDictionary(account => account.User) : [];
        hash = Hash(DevelopmentPassword);
    }

    /// <summary>The account of this name, if there is one.</summary>
    public Account? Find(string user) => accounts.GetValueOrDefault(user);

    /// <summary>The account, if the password is right and neither it nor the address is locked. Takes as long either way.</summary>
    public Account? SignIn(string user, string password, string address, out bool locked)
    {
        locked = attempts.IsLocked(user, address);
        var right = CryptographicOperations.FixedTimeEquals(Hash(password), hash);
        if (locked) return null;
        if (right && Find(user) is { } account)
        {
            attempts.Succeeded(user);
            return account;
        }

        attempts.Failed(user, address);
        locked = attempts.IsLocked(user, address);
        return null;
    }

    private byte[] Hash(string password) => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, 100_000, HashAlgorithmName.SHA256, 32);

    private static Account[] Load()
    {
        using var file = typeof(AccountRegister).Assembly.GetManifestResourceStream("Identity.Accounts.development-accounts.json")!;
        return JsonSerializer.Deserialize<Account[]>(file, JsonSerializerOptions.Web)!;
    }
}
