using System.Globalization;
using System.Text.RegularExpressions;

namespace Bench.Running;

/// <summary>What the system says about processes: processor time and memory.</summary>
internal static partial class Machine
{
    private const double TicksPerSecond = 100; // USER_HZ, fixed in Linux' interface

    /// <summary>Processor seconds that a process has used, with its children: those that run and those that have ended.</summary>
    public static double ProcessorSeconds(int id, bool withChildren)
    {
        var own = Times(id);
        if (!withChildren) return own.Own;
        return own.Own + own.Ended + Directory.GetDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _)).Select(name => Times(int.Parse(name!, CultureInfo.InvariantCulture)))
            .Where(times => times.Parent == id).Sum(times => times.Own);
    }

    /// <summary>Resident set now and at its highest, in MB.</summary>
    public static (double Now, double Highest) Resident(int id)
    {
        var status = File.ReadAllText($"/proc/{id}/status");
        return (Of(Resident(), status), Of(Highest(), status));

        // One that has ended and was not waited for yet has no memory.
        static double Of(Regex line, string status) => line.Match(status) is { Success: true } match ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) / 1024 : 0;
    }

    /// <summary>Cores, memory, processor.</summary>
    public static string Facts()
    {
        var memory = double.Parse(Regex.Match(File.ReadAllText("/proc/meminfo"), @"MemTotal:\s+(\d+)").Groups[1].Value, CultureInfo.InvariantCulture) / 1024 / 1024;
        var model = Regex.Match(File.ReadAllText("/proc/cpuinfo"), @"model name\s+: (.+)").Groups[1].Value;
        return $"{Environment.ProcessorCount} cores ({model}), {memory:0.0} GB of memory, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, .NET {Environment.Version}";
    }

    private static (int Parent, double Own, double Ended) Times(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            double Seconds(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture) / TicksPerSecond;
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), Seconds(11) + Seconds(12), Seconds(13) + Seconds(14));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return (0, 0, 0);
        }
    }

    [GeneratedRegex(@"VmRSS:\s+(\d+)")]
    private static partial Regex Resident();

    [GeneratedRegex(@"VmHWM:\s+(\d+)")]
    private static partial Regex Highest();
}
