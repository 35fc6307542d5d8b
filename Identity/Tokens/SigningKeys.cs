using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace Identity.Tokens;

/// <summary>Loads the signing and encryption keys, or makes them the first time.</summary>
internal static class SigningKeys
{
    public static async Task<RsaSecurityKey> LoadOrMake(IdentityDatabase database, string id, TimeProvider clock, CancellationToken cancellation)
    {
        if (await database.SigningKeys.FindAsync([id], cancellation) is { } known) return ToKey(known);
        using var rsa = RSA.Create(2048);
        database.SigningKeys.Add(new SigningKey { Id = id, Pkcs8 = rsa.ExportPkcs8PrivateKey(), Created = clock.GetUtcNow() });
        try
        {
            await database.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException) // another instance was first: its key is the key
        {
            database.ChangeTracker.Clear();
        }

        return ToKey(await database.SigningKeys.SingleAsync(key => key.Id == id, cancellation));
    }

    private static RsaSecurityKey ToKey(SigningKey stored)
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(stored.Pkcs8, out _);
        return new RsaSecurityKey(rsa) { KeyId = stored.Id };
    }
}
