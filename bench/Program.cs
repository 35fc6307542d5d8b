using Bench;

if (args is ["--list"])
{
    Console.WriteLine("start   clone to ready cold, later starts, time until the simulated people are in, idle memory");
    return 0;
}

if (args is ["start", ..]) return await StartBenchmark.Run(args.Contains("--warm"));
await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project bench -- NAME   (--list lists the names)");
return 2;
