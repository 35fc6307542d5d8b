using Record.Core.FhirPath.Terms;

namespace Record.Core.FhirPath.Functions;

/// <summary>http://hl7.org/fhirpath/N1/#subsetting</summary>
internal static class Subsetting
{
    public static readonly Function[] All =
    [
        new("first", 0, 0, call => Slice(call.Target, _ => (0, 1))),
        new("last", 0, 0, call => Slice(call.Target, count => (count - 1, count))),
        new("tail", 0, 0, call => Slice(call.Target, count => (1, count))),
        new("single", 0, 0, call => Slice(call.Target, count => count <= 1 ? (0, count) : throw Evaluation.Several(count))),
        new("skip", 1, 1, call => Slice(call, (count, number) => (number, count))),
        new("take", 1, 1, call => Slice(call, (_, number) => (0, number))),
        new("intersect", 1, 1, call => Against(call, true)),
        new("exclude", 1, 1, call => Against(call, false)),
    ];

    private static Term Slice(Term target, Func<int, (int From, int To)> bounds) => Term.Of((run, into) =>
    {
        var list = run.Rent();
        target.Collect(run, list);
        var (from, to) = bounds(list.Count);
        into.AddRange(list, Math.Max(from, 0), Math.Min(to, list.Count));
        run.Return(list);
    });

    private static Term Slice(Call call, Func<int, int, (int From, int To)> bounds)
    {
        var (target, argument) = (call.Target, call.Argument(0));
        return Term.Of((run, into) =>
        {
            if (run.Scalar(argument) is not { } number) return;
            var list = run.Rent();
            target.Collect(run, list);
            var (from, to) = bounds(list.Count, call.Integer(number));
            into.AddRange(list, Math.Max(from, 0), Math.Min(to, list.Count));
            run.Return(list);
        });
    }

    private static Term Against(Call call, bool wanted)
    {
        var (target, argument) = (call.Target, call.Argument(0));
        return Term.Of((run, into) =>
        {
            var (list, others) = (run.Rent(), run.Rent());
            target.Collect(run, list);
            argument.Collect(run, others);
            Filter(run, list, others, wanted, into);
            run.Return(list);
            run.Return(others);
        });
    }

    // intersect gives each item once, exclude keeps duplicates.
    private static void Filter(Evaluation run, NodeList list, NodeList others, bool wanted, NodeList into)
    {
        var start = into.Count;
        for (var i = 0; i < list.Count; i++)
            if (Collections.Contains(run, others, list[i]) == wanted && !(wanted && Collections.Contains(run, into, list[i], start))) into.Add(list[i]);
    }
}
