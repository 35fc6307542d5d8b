using System.Text.Json.Nodes;
using Npgsql;
using Record.Core.Audit;
using Record.Core.Fhir;

namespace Record.Core.Organisations;

/// <summary>Writes the organisations of <c>config/organisations.yaml</c> as FHIR Organizations. The same again writes nothing.</summary>
public static class SeedOrganisations
{
    /// <summary>Reads the configuration and writes what differs from the record.</summary>
    /// <param name="owner">Connection string of the database's owner.</param>
    /// <param name="directory">The folder <c>config</c>.</param>
    /// <param name="cancellation">Stops before the commit.</param>
    /// <returns>How many organisations stand in the record.</returns>
    /// <exception cref="InvalidOperationException">The configuration is wrong; the message says where.</exception>
    public static async Task<int> Run(string owner, string directory, CancellationToken cancellation)
    {
        if (!CareSystemReader.Read(directory).TryGet(out var system, out var wrong))
            throw new InvalidOperationException(wrong.Detail);
        await using var database = NpgsqlDataSource.Create(owner);
        await using var audit = new AuditLog(database, TimeProvider.System);
        var store = new ResourceStore(database, audit, TimeProvider.System);
        await using var transaction = await store.Begin(Access.OfService("record-migrations"), "configuration", cancellation);
        foreach (var organisation in system.Organisations)
            transaction.Put("Organization", organisation.Id, ToFhir(organisation));
        var result = await transaction.Commit(cancellation);
        if (!result.TryGet(out _, out var refused)) throw new InvalidOperationException(refused.Detail);
        return system.Organisations.Count;
    }

    /// <summary>The FHIR Organization of one row of configuration.</summary>
    internal static JsonObject ToFhir(Organisation organisation)
    {
        var resource = new JsonObject { ["resourceType"] = "Organization", ["active"] = true };
        if (organisation.OdsCode is { } ods)
            resource["identifier"] = new JsonArray(new JsonObject { ["system"] = "https://fhir.nhs.uk/Id/ods-organization-code", ["value"] = ods });
        resource["type"] = new JsonArray(Concept("https://fhir.mse-epr.nhs.uk/CodeSystem/organisation-kind", organisation.Kind));
        if (organisation.Sector is { } sector)
            resource["type"]!.AsArray().Add(Concept("https://fhir.mse-epr.nhs.uk/CodeSystem/setting", sector));
        resource["name"] = organisation.Name;
        if (organisation.Phone is { } phone)
            resource["telecom"] = new JsonArray(new JsonObject { ["system"] = "phone", ["value"] = phone });
        if (organisation.PartOf is { } above)
            resource["partOf"] = new JsonObject { ["reference"] = $"Organization/{above}" };
        return resource;
    }

    private static JsonObject Concept(string system, string code) =>
        new() { ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code }) };
}
