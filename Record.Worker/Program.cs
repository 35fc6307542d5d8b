using Record.Core.Feeds.Mapping;
using Record.Worker;

if (args is ["mapping-table"]) Console.Write(MappingTable.Markdown());
else RecordWorkerHost.Build(args).Run();
