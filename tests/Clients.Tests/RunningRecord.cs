using Testing;
using Xunit;

namespace Clients.Tests;

/// <summary>The stack as anybody starts it, without simulated people.</summary>
public sealed class RunningRecord : IAsyncLifetime
{
    private readonly RunningAppHost stack = new();

    /// <summary>The address that a client is given.</summary>
    public Uri Fhir => new(stack.Addresses["record-api"], "fhir");

    /// <summary>A clinician's token.</summary>
    public Task<string> Token() => stack.Token("acute.doctor");

    public Task InitializeAsync() => stack.Start("--Simulator:Enabled=false");

    public async Task DisposeAsync() => await stack.DisposeAsync();
}

/// <summary>One stack for all clients.</summary>
[CollectionDefinition(Name)]
public sealed class Record : ICollectionFixture<RunningRecord>
{
    public const string Name = "record";
}
