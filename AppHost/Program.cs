using System.Data.Common;
using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);
var settings = builder.Configuration;
var first = settings.GetValue("Ports:Base", 5080);
var config = Path.GetFullPath(settings["Config:Directory"] ?? Path.Combine(builder.AppHostDirectory, "..", "config")); // another care system: another folder
int? Port(int place) => first == 0 ? null : first + place;
IResourceBuilder<ParameterResource> Secret(string name) =>
    builder.AddParameter(name, new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: true);

// The database: a server of our own, or the one that ConnectionStrings:record names. Each service signs in as its own role.
var own = settings.GetConnectionString("record") is null ? builder.AddPostgres("postgres", password: Secret("postgres-password")).WithDataVolume() : null;
IResourceBuilder<IResourceWithConnectionString> owner = own is null ? builder.AddConnectionString("record") : own.AddDatabase("record");
IResourceBuilder<ConnectionStringResource> RecordAs(string role, IResourceBuilder<ParameterResource> password)
{
    if (own?.Resource.PrimaryEndpoint is { } server)
        return builder.AddConnectionString($"record-as-{role.Replace('_', '-')}", ReferenceExpression.Create(
            $"Host={server.Property(EndpointProperty.Host)};Port={server.Property(EndpointProperty.Port)};Database=record;Username={role};Password={password.Resource};Connection Idle Lifetime=10;Connection Pruning Interval=5"));
    var external = new DbConnectionStringBuilder { ConnectionString = settings.GetConnectionString("record") };
    foreach (var key in (string[])["Username", "User ID", "User", "Password"]) external.Remove(key);
    return builder.AddConnectionString($"record-as-{role.Replace('_', '-')}", ReferenceExpression.Create($"{external.ConnectionString};Username={role};Password={password.Resource}"));
}

var passwords = ((string[])["record_api", "record_worker", "reporting", "identity"]).ToDictionary(role => role, role => Secret($"{role.Replace('_', '-')}-password"));
var migrations = builder.AddProject("record-migrations", "../Record.Migrations/Record.Migrations.csproj", launchProfileName: null)
    .WithEnvironment("Config__Directory", config).WithReference(owner, "record").WaitFor(owner);
foreach (var (role, password) in passwords) migrations.WithEnvironment($"Roles__{role}", password);

// The services.
IResourceBuilder<ProjectResource> Service(string name, string project, int place) => builder
    .AddProject(name, $"../{project}/{project}.csproj", launchProfileName: null)
    .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
    .WithEnvironment("Config__Directory", config)
    .WithHttpEndpoint(port: Port(place), name: "http")
    .WithHttpHealthCheck("/health");

var identity = Service("identity", "Identity", 1).WithReference(RecordAs("identity", passwords["identity"]), "record").WaitForCompletion(migrations);
var issuer = identity.GetEndpoint("http");
identity.WithEnvironment("Identity__Issuer", issuer);
var api = Service("record-api", "Record.Api", 2).WithReference(RecordAs("record_api", passwords["record_api"]), "record")
    .WithEnvironment("Identity__Issuer", issuer).WaitForCompletion(migrations).WaitFor(identity);
var worker = Service("record-worker", "Record.Worker", 3).WithReference(RecordAs("record_worker", passwords["record_worker"]), "record")
    .WithEnvironment("Identity__Issuer", issuer).WaitForCompletion(migrations).WaitFor(identity)
    .WithEndpoint(port: settings.GetValue<int?>("Ports:Mllp") ?? (first == 0 ? null : 2575), scheme: "tcp", name: "mllp", env: "Mllp__Port");
var reporting = Service("reporting", "Reporting", 4).WithReference(RecordAs("reporting", passwords["reporting"]), "record")
    .WithEnvironment("Identity__Issuer", issuer).WaitForCompletion(migrations).WaitFor(identity);
var web = Service("record-web", "Record.Web", 5).WithReference(api).WithReference(reporting)
    .WithEnvironment("Identity__Issuer", issuer).WaitFor(api).WaitFor(reporting).WithExternalHttpEndpoints();
Service("simulator", "Simulator", 6).WithReference(api).WithReference(worker.GetEndpoint("mllp"))
    .WithEnvironment("Identity__Issuer", issuer).WaitFor(api).WaitFor(worker)
    .WithEnvironment("Simulator__Enabled", settings["Simulator:Enabled"] ?? "true")
    .WithEnvironment("Simulator__Patients", settings["Simulator:Patients"] ?? "1000")
    .WithEnvironment("Simulator__Seed", settings["Simulator:Seed"] ?? "1");
web.WithEnvironment("Launch__Fhir", api.GetEndpoint("http"));
identity.WithEnvironment("Clients__Fhir", api.GetEndpoint("http")).WithEnvironment("Clients__Web", web.GetEndpoint("http")).WithEnvironment("Clients__Worker", worker.GetEndpoint("http"));
if (settings.GetConnectionString("messaging") is not null) worker.WithReference(builder.AddConnectionString("messaging"));

builder.AddDockerComposeEnvironment("compose"); // what publishing makes

builder.Build().Run();
