using Microsoft.Extensions.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Microsoft.Extensions.Hosting;

/// <summary>Files of <c>config/access</c>.</summary>
internal static class AccessFile
{
    public static T Read<T>(IConfiguration configuration, string name)
    {
        var folder = configuration["Config:Directory"] ?? throw new InvalidOperationException("Config__Directory is missing: the folder config.");
        var path = Path.Combine(folder, "access", name);
        try
        {
            return new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build().Deserialize<T>(File.ReadAllText(path));
        }
        catch (Exception problem) when (problem is YamlException or IOException)
        {
            throw new InvalidOperationException($"access/{name}: {problem.InnerException?.Message ?? problem.Message}", problem);
        }
    }
}
