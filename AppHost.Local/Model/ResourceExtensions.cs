using System.Globalization;
using System.Net.Sockets;
using AppHost.Local.Model;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>The part of Aspire's API that the AppHost uses; behaviour and variables as ASPIRE documents them.</summary>
public static class ResourceExtensions
{
    /// <summary>A parameter with a default; configuration <c>Parameters:NAME</c> wins.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.AddResource(new ParameterResource(name, () => builder.Configuration[$"Parameters:{name}"]
            ?? (persist ? ((LocalBuilder)builder).Secrets.Get(name, value.GetDefaultValue) : value.GetDefaultValue())));

    /// <summary>A connection string of the configuration.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null) =>
        builder.AddResource<IResourceWithConnectionString>(new ConnectionStringResource(name, ReferenceExpression.Create($"{builder.Configuration.GetConnectionString(environmentVariableName ?? name)}")));

    /// <summary>A connection string that is composed.</summary>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression) =>
        builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));

    /// <summary>A PostgreSQL server.</summary>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? userName = null, IResourceBuilder<ParameterResource>? password = null, int? port = null)
    {
        if (userName is not null) throw new NotSupportedException("The embedded PostgreSQL's owner is postgres.");
        var secret = password ?? builder.AddParameter($"{name}-password", new GenerateParameterDefault { Special = false }, secret: true, persist: true);
        return builder.AddResource(new PostgresServerResource(name, secret.Resource, port));
    }

    /// <summary>Its data are kept; here they always are.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) => builder;

    /// <summary>A database of it.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
    {
        builder.Resource.Databases.Add(databaseName ?? name);
        return builder.ApplicationBuilder.AddResource(new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource));
    }

    /// <summary>A .NET project, by path.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath, string? launchProfileName)
    {
        if (launchProfileName is not null) throw new NotSupportedException("The local host reads no launch profiles.");
        var project = builder.AddResource(new ProjectResource(name, Path.GetFullPath(Path.Combine(builder.AppHostDirectory, projectPath))));
        return project.WithEnvironment("OTEL_SERVICE_NAME", name);
    }

    /// <summary>A variable.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment => builder.Set(name, _ => new(value));

    /// <summary>A variable with the address of an endpoint.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, EndpointReference endpointReference)
        where T : IResourceWithEnvironment => builder.Set(name, endpointReference.GetValueAsync);

    /// <summary>A variable with the value of a parameter.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : IResourceWithEnvironment => builder.Set(name, parameter.Resource.GetValueAsync);

    /// <summary>An HTTP endpoint.</summary>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints => builder.WithEndpoint(port, targetPort, "http", name ?? "http", env, isProxied);

    /// <summary>An endpoint. There is no proxy here: what the process listens on is what others use.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null, string? env = null, bool? isProxied = null,
        bool? isExternal = null, ProtocolType? protocol = null)
        where T : IResourceWithEndpoints
    {
        builder.Of().Endpoints.Add(new EndpointAnnotation(protocol ?? ProtocolType.Tcp, scheme, name, port ?? targetPort) { Variable = env });
        return builder;
    }

    /// <summary>Marks its HTTP endpoints as meant for people; here nothing changes.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints => builder;

    /// <summary>It is healthy when this path answers with that status.</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        (builder.Of().HealthPath, builder.Of().HealthStatus) = (path ?? "/", statusCode ?? 200);
        return builder;
    }

    /// <summary>An endpoint by name.</summary>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints => new(builder.Of(), name);

    /// <summary>Gives a connection string.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment => builder.Set($"ConnectionStrings__{connectionName ?? source.Resource.Name}", source.Resource.GetValueAsync);

    /// <summary>Gives every address of another resource.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        foreach (var endpoint in source.Of().Endpoints) builder.WithReference(new EndpointReference(source.Of(), endpoint.Name));
        return builder;
    }

    /// <summary>Gives one address.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment => builder
        .Set($"services__{endpointReference.Owner.Name}__{endpointReference.EndpointName}__0", endpointReference.GetValueAsync)
        .Set(string.Create(CultureInfo.InvariantCulture, $"{endpointReference.Owner.Name}_{endpointReference.EndpointName}").ToUpperInvariant().Replace('-', '_'), endpointReference.GetValueAsync);

    /// <summary>Starts when the other is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.Wait(dependency, false);

    /// <summary>Starts when the other has ended well.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport => exitCode == 0 ? builder.Wait(dependency, true) : throw new NotSupportedException("A resource that is waited for must end with 0.");

    private static Resource Of<T>(this IResourceBuilder<T> builder)
        where T : IResource => (Resource)(object)builder.Resource;

    private static IResourceBuilder<T> Wait<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, bool completion)
        where T : IResource
    {
        var waited = dependency.Resource is PostgresDatabaseResource database ? database.Parent : (Resource)dependency.Resource;
        if (waited is PostgresServerResource or ProjectResource) builder.Of().Waits.Add((waited, completion));
        return builder;
    }

    private static IResourceBuilder<T> Set<T>(this IResourceBuilder<T> builder, string name, Func<CancellationToken, ValueTask<string?>> value)
        where T : IResource
    {
        builder.Of().Environment.Add(async (variables, cancellation) => variables[name] = await value(cancellation) ?? "");
        return builder;
    }
}
