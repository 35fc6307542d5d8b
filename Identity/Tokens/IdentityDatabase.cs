using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Identity.Tokens;

/// <summary>OpenIddict's tables and our signing keys, in the schema that the role <c>identity</c> owns.</summary>
public sealed class IdentityDatabase(DbContextOptions<IdentityDatabase> options) : DbContext(options)
{
    /// <summary>Keys that tokens are signed with; kept, so that a restart invalidates nothing.</summary>
    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    /// <summary>Makes the tables if they are not there; two services that start at once take turns.</summary>
    public async Task Prepare(CancellationToken cancellation)
    {
        await using var transaction = await Database.BeginTransactionAsync(cancellation);
        await Database.ExecuteSqlRawAsync("select pg_advisory_xact_lock(8106224)", cancellation);
        var creator = this.GetService<IRelationalDatabaseCreator>();
        var there = await Database.SqlQueryRaw<bool>("""select to_regclass('identity."SigningKeys"') is not null as "Value" """).SingleAsync(cancellation);
        if (!there) await Database.ExecuteSqlRawAsync(creator.GenerateCreateScript(), cancellation);
        await transaction.CommitAsync(cancellation);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("identity");
        modelBuilder.UseOpenIddict();
        modelBuilder.Entity<SigningKey>().HasKey(key => key.Id);
    }
}

/// <summary>An RSA key as PKCS#8.</summary>
public sealed class SigningKey
{
    public required string Id { get; init; }

    public required byte[] Pkcs8 { get; init; }

    public required DateTimeOffset Created { get; init; }
}
