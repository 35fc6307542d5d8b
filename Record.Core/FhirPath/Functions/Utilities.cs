using Record.Core.FhirPath.Terms;
using Record.Core.FhirPath.Syntax;
using Record.Core.FhirPath.Types;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Functions;

/// <summary>http://hl7.org/fhirpath/N1/#utility-functions, #aggregates, #reflection; and <c>sort</c></summary>
internal static class Utilities
{
    public static readonly Function[] All =
    [
        new("trace", 1, 2, Trace),
        new("now", 0, 0, _ => Term.OfValue(run => Temporal.Of(run.Now, ScalarKind.DateTime))),
        new("today", 0, 0, _ => Term.OfValue(run => Temporal.Of(run.Now, ScalarKind.Date))),
        new("timeOfDay", 0, 0, _ => Term.OfValue(run => Temporal.Of(run.Now, ScalarKind.Time))),
        new("aggregate", 1, 2, Aggregate),
        new("type", 0, 0, TypeOf),
        new("sort", 0, 10, Sort),
    ];

    private static Term Trace(Call call)
    {
        var (target, name, projection) = (call.Target, call.Argument(0), call.Count == 2 ? call.Argument(1) : null);
        return Term.Of((run, into) =>
        {
            var from = into.Count;
            target.Collect(run, into);
            if (run.Environment.Trace is not { } hear) return;
            var heard = run.Rent();
            if (projection is null) heard.AddRange(into, from, into.Count);
            else Filtering.Project(run, target, projection, heard);
            hear(Scalars.Text(run.Scalar(name)) ?? "", heard.ToArray());
            run.Return(heard);
        });
    }

    private static Term Aggregate(Call call)
    {
        var (target, aggregator, start) = (call.Target, call.Argument(0), call.Count == 2 ? call.Argument(1) : null);
        return Term.Of((run, into) =>
        {
            var (list, total, next) = (run.Rent(), run.Rent(), run.Rent());
            target.Collect(run, list);
            start?.Collect(run, total);
            var (focus, index, outer) = (run.This, run.Index, run.Total);
            for (var i = 0; i < list.Count; i++)
            {
                run.Spend();
                (run.This, run.Index, run.Total) = (list[i], i, total);
                aggregator.Collect(run, next);
                run.Spend(next.Count);
                total.Clear();
                (total, next) = (next, total);
            }

            (run.This, run.Index, run.Total) = (focus, index, outer);
            into.AddRange(total, 0, total.Count);
            run.Return(list);
            run.Return(total);
            run.Return(next);
        });
    }

    private static Term TypeOf(Call call)
    {
        var target = call.Target;
        return Term.Of((run, into) =>
        {
            var list = run.Rent();
            target.Collect(run, list);
            for (var i = 0; i < list.Count; i++) into.Add(FhirPathNode.OfTypeInfo(list[i].Type));
            run.Return(list);
        });
    }

    // A minus before a key sorts it downwards, whatever its type.
    private static Term Sort(Call call)
    {
        var target = call.Target;
        (Term Key, int Sign)[] keys = [.. Enumerable.Range(0, call.Count).Select(i => call.Source(i) is Expression.Signed { Negative: true } down ? (call.Compile(down.Operand), -1) : (call.Argument(i), 1))];
        if (keys.Length == 0) keys = [(Compiler.This, 1)];
        return Term.Of((run, into) =>
        {
            var list = run.Rent();
            target.Collect(run, list);
            foreach (var item in Keyed(run, list, keys).Order(Comparer<(FhirPathNode Item, object?[] Values)>.Create((a, b) => Compare(run, a.Values, b.Values, keys)))) into.Add(item.Item);
            run.Return(list);
        });
    }

    private static List<(FhirPathNode Item, object?[] Values)> Keyed(Evaluation run, NodeList list, (Term Key, int Sign)[] keys)
    {
        var focus = run.This;
        var keyed = new List<(FhirPathNode, object?[])>();
        for (var i = 0; i < list.Count; i++)
        {
            run.This = list[i];
            keyed.Add((list[i], [.. keys.Select(key => run.Scalar(key.Key))]));
        }

        run.This = focus;
        return keyed;
    }

    private static int Compare(Evaluation run, object?[] left, object?[] right, (Term Key, int Sign)[] keys)
    {
        run.Spend();
        for (var i = 0; i < keys.Length; i++)
        {
            var order = (left[i], right[i]) switch
            {
                (null, null) => 0,
                (null, _) => -1, // empty comes first, also downwards
                (_, null) => 1,
                var (a, b) => keys[i].Sign * (Arithmetic.Order(a, b) ?? 0),
            };
            if (order != 0) return order;
        }

        return 0;
    }
}
