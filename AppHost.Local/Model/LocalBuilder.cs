using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace AppHost.Local.Model;

/// <summary>Collects the description of a stack.</summary>
internal sealed class LocalBuilder : IDistributedApplicationBuilder
{
    private readonly List<Resource> resources = [];
    private readonly Lazy<Secrets> secrets;

    public LocalBuilder(string[] args)
    {
        Configuration = new ConfigurationManager();
        Configuration.AddEnvironmentVariables().AddCommandLine(args);
        AppHostDirectory = Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == nameof(AppHostDirectory))?.Value
            ?? Configuration["AppHost:Directory"] ?? Directory.GetCurrentDirectory();
        Environment = new LocalEnvironment(Configuration["DOTNET_ENVIRONMENT"] ?? Configuration["ASPNETCORE_ENVIRONMENT"] ?? Environments.Development, AppHostDirectory);
        secrets = new(() => new Secrets(DataFolder.Of(this)));
    }

    public ConfigurationManager Configuration { get; }

    public string AppHostDirectory { get; }

    public IHostEnvironment Environment { get; }

    public IReadOnlyList<Resource> Resources => resources;

    public Secrets Secrets => secrets.Value;

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (resources.Any(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new InvalidOperationException($"There are two resources named {resource.Name}.");
        resources.Add((Resource)(object)resource);
        return new LocalResourceBuilder<T>(resource, this);
    }

    public DistributedApplication Build() => new(this);

    private sealed class LocalEnvironment(string name, string root) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "AppHost";

        public string ContentRootPath { get; set; } = root;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}

/// <summary>Describes one resource.</summary>
internal sealed record LocalResourceBuilder<T>(T Resource, IDistributedApplicationBuilder ApplicationBuilder) : IResourceBuilder<T>
    where T : IResource;
