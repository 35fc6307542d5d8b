using Record.Core.FhirPath.Terms;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Functions;

/// <summary>http://hl7.org/fhirpath/N1/#existence</summary>
internal static class Existence
{
    public static readonly Function[] All =
    [
        new("empty", 0, 0, Empty),
        new("exists", 0, 1, Exists),
        new("all", 1, 1, ForAll),
        new("not", 0, 0, Not),
        new("allTrue", 0, 0, call => Truths(call, true, true)),
        new("anyTrue", 0, 0, call => Truths(call, true, false)),
        new("allFalse", 0, 0, call => Truths(call, false, true)),
        new("anyFalse", 0, 0, call => Truths(call, false, false)),
        new("subsetOf", 1, 1, call => Subset(call.Target, call.Argument(0))),
        new("supersetOf", 1, 1, call => Subset(call.Argument(0), call.Target)),
        new("count", 0, 0, Count),
        new("distinct", 0, 0, Distinct),
        new("isDistinct", 0, 0, IsDistinct),
    ];

    private static Term Empty(Call call)
    {
        var target = call.Target;
        return Term.OfQuestion(run => !target.Exists(run));
    }

    private static Term Not(Call call)
    {
        var target = call.Target;
        return Term.OfQuestion(run => !target.Decide(run));
    }

    private static Term Exists(Call call)
    {
        var items = call.Count == 0 ? call.Target : Filtering.Where(call);
        return Term.OfQuestion(run => items.Exists(run));
    }

    private static Term ForAll(Call call)
    {
        var (target, criteria) = (call.Target, call.Argument(0));
        return Term.OfQuestion(run => !Filtering.Any(run, target, criteria, wanted: false));
    }

    private static Term Truths(Call call, bool wanted, bool all)
    {
        var target = call.Target;
        return Term.OfQuestion(run =>
        {
            var list = run.Rent();
            target.Collect(run, list);
            var matching = 0;
            for (var i = 0; i < list.Count; i++)
                if ((Scalars.Of(list[i]) as bool? ?? throw new FhirPathException($"{call.Name}() needs Booleans", call.Position)) == wanted) matching++;
            var answer = all ? matching == list.Count : matching > 0;
            run.Return(list);
            return answer;
        });
    }

    private static Term Subset(Term part, Term whole) => Term.OfQuestion(run =>
    {
        var (parts, all) = (run.Rent(), run.Rent());
        part.Collect(run, parts);
        whole.Collect(run, all);
        var answer = true;
        for (var i = 0; answer && i < parts.Count; i++) answer = Collections.Contains(run, all, parts[i]);
        run.Return(parts);
        run.Return(all);
        return answer;
    });

    private static Term Count(Call call)
    {
        var target = call.Target;
        return Term.OfValue(run =>
        {
            var list = run.Rent();
            target.Collect(run, list);
            var count = list.Count;
            run.Return(list);
            return count;
        });
    }

    private static Term Distinct(Call call)
    {
        var target = call.Target;
        return Term.Of((run, into) => CollectDistinct(run, target, into), run => target.Exists(run));
    }

    private static Term IsDistinct(Call call)
    {
        var target = call.Target;
        return Term.OfQuestion(run =>
        {
            var (all, distinct) = (run.Rent(), run.Rent());
            target.Collect(run, all);
            Collections.AddDistinct(run, all, distinct);
            var answer = all.Count == distinct.Count;
            run.Return(all);
            run.Return(distinct);
            return answer;
        });
    }

    private static void CollectDistinct(Evaluation run, Term target, NodeList into)
    {
        var list = run.Rent();
        target.Collect(run, list);
        Collections.AddDistinct(run, list, into);
        run.Return(list);
    }
}
