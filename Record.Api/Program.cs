using Record.Api;

RecordApiHost.Build(args).Run();
