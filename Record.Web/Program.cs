using Record.Web;

RecordWebHost.Build(args).Run();
