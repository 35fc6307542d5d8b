using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something that runs or is referred to.</summary>
public interface IResource
{
    /// <summary>Unique; ASCII letters, digits and hyphens.</summary>
    string Name { get; }
}

/// <summary>Takes environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>Has addresses.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>Can wait for others.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>Can be found by name.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

/// <summary>Has a connection string.</summary>
public interface IResourceWithConnectionString : IResource, IValueProvider, IManifestExpressionProvider
{
    /// <summary>What it is composed of.</summary>
    ReferenceExpression ConnectionStringExpression { get; }
}

/// <summary>Gives a value when the stack runs.</summary>
public interface IValueProvider
{
    /// <summary>The value.</summary>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>Names a value in a manifest.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The name: <c>{postgres.bindings.tcp.host}</c>.</summary>
    string ValueExpression { get; }
}

/// <summary>A resource.</summary>
public abstract class Resource(string name) : IResource
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    internal List<Func<IDictionary<string, string>, CancellationToken, Task>> Environment { get; } = [];

    internal List<EndpointAnnotation> Endpoints { get; } = [];

    internal List<(Resource Resource, bool Completion)> Waits { get; } = [];

    internal string? HealthPath { get; set; }

    internal int HealthStatus { get; set; } = 200;

    internal EndpointAnnotation Endpoint(string endpointName) => Endpoints.Find(endpoint => endpoint.Name == endpointName)
        ?? throw new InvalidOperationException($"The resource {Name} has no endpoint '{endpointName}'.");
}

/// <summary>One address of a resource.</summary>
public sealed class EndpointAnnotation(ProtocolType protocol, string? uriScheme = null, string? name = null, int? port = null)
{
    /// <summary>TCP.</summary>
    public ProtocolType Protocol { get; } = protocol;

    /// <summary><c>http</c>, <c>tcp</c> …</summary>
    public string UriScheme { get; } = uriScheme ?? "tcp";

    /// <summary>Names it among the resource's endpoints.</summary>
    public string Name { get; } = name ?? uriScheme ?? "tcp";

    /// <summary>The port; null takes a free one when the stack starts.</summary>
    public int? Port { get; set; } = port;

    internal string? Variable { get; set; }
}

/// <summary>A value given from outside or generated.</summary>
public sealed class ParameterResource : Resource, IValueProvider, IManifestExpressionProvider
{
    private readonly Func<string> value;

    internal ParameterResource(string name, Func<string> value) : base(name) => this.value = value;

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Name}.value}}";

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(value());
}

/// <summary>A connection string that is configured or composed.</summary>
public sealed class ConnectionStringResource(string name, ReferenceExpression connectionStringExpression) : Resource(name), IResourceWithConnectionString
{
    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression { get; } = connectionStringExpression;

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Name}.connectionString}}";

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => ConnectionStringExpression.GetValueAsync(cancellationToken);
}

/// <summary>A .NET project that runs as a process.</summary>
public sealed class ProjectResource : Resource, IResourceWithEnvironment, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    internal ProjectResource(string name, string projectPath) : base(name) => ProjectPath = projectPath;

    internal string ProjectPath { get; }
}

/// <summary>A PostgreSQL server.</summary>
public sealed class PostgresServerResource : Resource, IResourceWithEndpoints, IResourceWithConnectionString, IResourceWithWaitSupport
{
    internal PostgresServerResource(string name, ParameterResource password, int? port) : base(name)
    {
        Password = password;
        Endpoints.Add(new EndpointAnnotation(ProtocolType.Tcp, "tcp", "tcp", port));
        PrimaryEndpoint = new EndpointReference(this, "tcp");
    }

    /// <summary>Where it listens.</summary>
    public EndpointReference PrimaryEndpoint { get; }

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"Host={PrimaryEndpoint.Property(EndpointProperty.Host)};Port={PrimaryEndpoint.Property(EndpointProperty.Port)};Username=postgres;Password={Password}");

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Name}.connectionString}}";

    internal ParameterResource Password { get; }

    internal List<string> Databases { get; } = [];

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => ConnectionStringExpression.GetValueAsync(cancellationToken);
}

/// <summary>A database of a PostgreSQL server; made when the server answers.</summary>
public sealed class PostgresDatabaseResource : Resource, IResourceWithConnectionString
{
    internal PostgresDatabaseResource(string name, string databaseName, PostgresServerResource parent) : base(name) => (DatabaseName, Parent) = (databaseName, parent);

    /// <summary>Its name on the server.</summary>
    public string DatabaseName { get; }

    /// <summary>The server.</summary>
    public PostgresServerResource Parent { get; }

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent.ConnectionStringExpression};Database={DatabaseName}");

    /// <inheritdoc/>
    public string ValueExpression => $"{{{Name}.connectionString}}";

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => ConnectionStringExpression.GetValueAsync(cancellationToken);
}
