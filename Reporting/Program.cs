Reporting.ReportingHost.Build(args).Run();
