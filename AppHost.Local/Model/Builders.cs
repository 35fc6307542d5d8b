using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>Describes one resource.</summary>
    public interface IResourceBuilder<out T>
        where T : IResource
    {
        /// <summary>The resource.</summary>
        T Resource { get; }

        /// <summary>The stack it belongs to.</summary>
        IDistributedApplicationBuilder ApplicationBuilder { get; }
    }
}

namespace Aspire.Hosting
{
    /// <summary>Describes a stack.</summary>
    public interface IDistributedApplicationBuilder
    {
        /// <summary>Settings: arguments, environment variables.</summary>
        ConfigurationManager Configuration { get; }

        /// <summary>Folder of the AppHost's project.</summary>
        string AppHostDirectory { get; }

        /// <summary>Development, unless said otherwise.</summary>
        IHostEnvironment Environment { get; }

        /// <summary>Adds a resource.</summary>
        IResourceBuilder<T> AddResource<T>(T resource)
            where T : IResource;

        /// <summary>The stack described.</summary>
        DistributedApplication Build();
    }
}
