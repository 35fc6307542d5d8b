using Record.Worker;

RecordWorkerHost.Build(args).Run();
