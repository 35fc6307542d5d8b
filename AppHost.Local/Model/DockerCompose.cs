using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Docker
{
    /// <summary>Docker Compose as a target of publishing. The local host only runs.</summary>
    public sealed class DockerComposeEnvironmentResource(string name) : Resource(name);
}

namespace Aspire.Hosting
{
    using Aspire.Hosting.Docker;

    /// <summary>Docker Compose in the description of a stack.</summary>
    public static class DockerComposeEnvironmentExtensions
    {
        /// <summary>Names the target of publishing; running ignores it.</summary>
        public static IResourceBuilder<DockerComposeEnvironmentResource> AddDockerComposeEnvironment(this IDistributedApplicationBuilder builder, string name) =>
            builder.AddResource(new DockerComposeEnvironmentResource(name));
    }
}
