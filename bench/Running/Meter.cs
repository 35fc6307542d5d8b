using System.Globalization;
using Bench.Load;

namespace Bench.Running;

/// <summary>A run with what it took of the machine.</summary>
/// <param name="Run">Rate and times.</param>
/// <param name="Generator">Processor seconds a second of the generator.</param>
/// <param name="Server">The same of the server's process.</param>
/// <param name="Postgres">The same of PostgreSQL.</param>
/// <param name="Megabytes">Resident set of the server at its highest during the run.</param>
internal sealed record Metered(Measurement Run, double Generator, double Server, double Postgres, double Megabytes);

/// <summary>Measures what a run takes of the machine, by process.</summary>
internal sealed class Meter(int server, int postgres)
{
    public Metered Measure(Func<Measurement> run)
    {
        ForgetHighest();
        var before = Now();
        var measured = run();
        var after = Now();
        double Share(double from, double to) => (to - from) / measured.Duration.TotalSeconds;
        return new(measured, Share(before.Own, after.Own), Share(before.Server, after.Server), Share(before.Postgres, after.Postgres), Machine.Resident(server).Highest);
    }

    private (double Own, double Server, double Postgres) Now() =>
        (Machine.ProcessorSeconds(Environment.ProcessId, false), Machine.ProcessorSeconds(server, false), Machine.ProcessorSeconds(postgres, true));

    // Linux: 5 sets a process's highest resident set back to the present one.
    private void ForgetHighest() => File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{server}/clear_refs"), "5");
}
