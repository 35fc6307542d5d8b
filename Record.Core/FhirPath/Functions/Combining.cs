using Record.Core.FhirPath.Terms;

namespace Record.Core.FhirPath.Functions;

/// <summary>http://hl7.org/fhirpath/N1/#combining</summary>
internal static class Combining
{
    public static readonly Function[] All =
    [
        new("union", 1, 1, call => Operators.Compile("|", call.Target, call.Argument(0))),
        new("combine", 1, 1, Combine),
    ];

    private static Term Combine(Call call)
    {
        var (target, other) = (call.Target, call.Argument(0));
        return Term.Of(
            (run, into) =>
            {
                target.Collect(run, into);
                other.Collect(run, into);
            },
            run => target.Exists(run) || other.Exists(run));
    }
}
