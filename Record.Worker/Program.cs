using Record.Core.Feeds.Mapping;
using Record.Worker;
using Record.Worker.Audit;
using Record.Worker.Feeds;
using Record.Worker.Identity;

switch (args)
{
    case ["mapping-table"]:
        Console.Write(MappingTable.Markdown());
        return 0;
    case ["rebuild", ..]:
        return await RebuildCommand.Rebuild(args[1..]);
    case ["compare", ..]:
        return await RebuildCommand.Compare(args[1..]);
    case ["verify-audit", ..]:
        return await VerifyAuditCommand.Run(args[1..]);
    case ["dry-run", ..]:
        return await DryRunCommand.Run(args[1..]);
    case ["link-all", .. var options]:
        return await LinkAllCommand.Run(options);
    default:
        RecordWorkerHost.Build(args).Run();
        return 0;
}
