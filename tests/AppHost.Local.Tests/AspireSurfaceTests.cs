using System.Reflection;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Xunit;

namespace AppHost.Local.Tests;

/// <summary>What the local host offers is what Aspire 13.5.2 has: names, parameters and their defaults.</summary>
public partial class AspireSurfaceTests
{
    // Of the genuine packages: method, then the names of its parameters after the first, with '=' where one has a default.
    private static readonly HashSet<string> Genuine =
    [
        "AddParameter(name,value,secret=,persist=)", "AddConnectionString(name,environmentVariableName=)", "AddConnectionString(name,connectionStringExpression)",
        "AddPostgres(name,userName=,password=,port=)", "WithDataVolume(name=,isReadOnly=)", "AddDatabase(name,databaseName=)", "AddProject(name,projectPath,launchProfileName)",
        "WithEnvironment(name,value)", "WithEnvironment(name,endpointReference)", "WithEnvironment(name,parameter)",
        "WithHttpEndpoint(port=,targetPort=,name=,env=,isProxied=)", "WithEndpoint(port=,targetPort=,scheme=,name=,env=,isProxied=,isExternal=,protocol=)", "WithExternalHttpEndpoints()",
        "WithHttpHealthCheck(path=,statusCode=,endpointName=)", "GetEndpoint(name)", "WithReference(source,connectionName=,optional=)", "WithReference(source)", "WithReference(endpointReference)",
        "AddDockerComposeEnvironment(name)", "WaitFor(dependency)", "WaitForCompletion(dependency,exitCode=)",
    ];

    [Fact]
    public void Every_extension_method_is_one_of_Aspires()
    {
        var ours = typeof(ResourceExtensions).Assembly.GetExportedTypes().Where(type => type.Namespace == "Aspire.Hosting" && type.IsSealed && type.IsAbstract)
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Select(method => $"{method.Name}({string.Join(',', method.GetParameters().Skip(1).Select(p => p.Name + (p.HasDefaultValue ? "=" : "")))})").ToHashSet();

        Assert.Empty(ours.Except(Genuine));
        Assert.Empty(Genuine.Except(ours));
    }

    [Fact]
    public void Public_types_stand_in_Aspires_namespaces_or_are_the_local_hosts_own()
    {
        var names = typeof(ResourceExtensions).Assembly.GetExportedTypes().Select(type => type.Namespace!).Distinct();

        Assert.All(names, name => Assert.Matches(@"^(Aspire\.Hosting(\.ApplicationModel|\.Docker)?|AppHost\.Local.*)$", name));
    }

    [Fact]
    public void The_description_of_the_stack_names_nothing_of_the_local_host()
    {
        var program = File.ReadAllText(Path.Combine(Testing.Checkout.Root, "AppHost", "Program.cs"));

        Assert.DoesNotMatch(Local(), program);
    }

    [GeneratedRegex(@"AppHost\.Local|LocalStack|LocalBuilder")]
    private static partial Regex Local();
}
