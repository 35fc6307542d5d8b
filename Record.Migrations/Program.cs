using Microsoft.Extensions.Configuration;
using Record.Core;
using Record.Core.Database;
using Record.Core.Organisations;

var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
var owner = configuration.GetConnectionString("record");
if (owner is null)
{
    await Console.Error.WriteLineAsync("ConnectionStrings__record is missing: the connection string of the database's owner.");
    return 2;
}

var passwords = Migrator.ServiceRoles.ToDictionary(role => role, role => configuration[$"Roles:{role}"] ?? "");
var rules = configuration["Config:Directory"] is { } folder ? AccessRulesReader.Read(folder) : AccessRules.Default;
foreach (var name in await Migrator.Migrate(owner, passwords, CancellationToken.None, rules)) Console.WriteLine($"Applied {name}");
if (configuration["Config:Directory"] is { } config) Console.WriteLine($"{await SeedOrganisations.Run(owner, config, CancellationToken.None)} organisations in the record");
return 0;
