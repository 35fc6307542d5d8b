using Record.Core.FhirPath.Terms;

namespace Record.Core.FhirPath.Functions;

/// <summary>http://hl7.org/fhirpath/N1/#filtering-and-projection</summary>
internal static class Filtering
{
    public static readonly Function[] All =
    [
        new("where", 1, 1, Where),
        new("select", 1, 1, Select),
        new("repeat", 1, 1, Repeat),
        new("ofType", 1, 1, call => TypeTest.Compile(call.Target, call.TypeName(0), TypeUse.OfType, call.Position)),
        new("is", 1, 1, call => TypeTest.Compile(call.Target, call.TypeName(0), TypeUse.Is, call.Position)),
        new("as", 1, 1, call => TypeTest.Compile(call.Target, call.TypeName(0), TypeUse.As, call.Position)),
    ];

    public static Term Where(Call call)
    {
        var (target, criteria) = (call.Target, call.Argument(0));
        return Term.Of((run, into) => Filter(run, target, criteria, into), run => Any(run, target, criteria, wanted: true));
    }

    /// <summary>Whether the criteria give this for an item; where true is wanted, empty counts as false, and the reverse.</summary>
    public static bool Any(Evaluation run, Term target, Term criteria, bool wanted)
    {
        var list = run.Rent();
        target.Collect(run, list);
        var (focus, index, found) = (run.This, run.Index, false);
        for (var i = 0; i < list.Count && !found; i++)
        {
            (run.This, run.Index) = (list[i], i);
            found = (criteria.Decide(run) == true) == wanted;
        }

        (run.This, run.Index) = (focus, index);
        run.Return(list);
        return found;
    }

    /// <summary>Collects a projection of each item, with <c>$this</c> and <c>$index</c> set to it.</summary>
    public static void Project(Evaluation run, Term target, Term projection, NodeList into)
    {
        var list = run.Rent();
        target.Collect(run, list);
        var (focus, index) = (run.This, run.Index);
        for (var i = 0; i < list.Count; i++)
        {
            run.Spend();
            (run.This, run.Index) = (list[i], i);
            projection.Collect(run, into);
        }

        (run.This, run.Index) = (focus, index);
        run.Return(list);
    }

    private static void Filter(Evaluation run, Term target, Term criteria, NodeList into)
    {
        var list = run.Rent();
        target.Collect(run, list);
        var (focus, index) = (run.This, run.Index);
        for (var i = 0; i < list.Count; i++)
        {
            run.Spend();
            (run.This, run.Index) = (list[i], i);
            if (criteria.Decide(run) == true) into.Add(list[i]);
        }

        (run.This, run.Index) = (focus, index);
        run.Return(list);
    }

    private static Term Select(Call call)
    {
        var (target, projection) = (call.Target, call.Argument(0));
        return Term.Of((run, into) => Project(run, target, projection, into));
    }

    private static Term Repeat(Call call)
    {
        var (target, projection) = (call.Target, call.Argument(0));
        return Term.Of((run, into) =>
        {
            var (seen, found) = (new NodeSet(run), run.Rent());
            var next = into.Count;
            Project(run, target, projection, found);
            AddNew(seen, found, into);
            var focus = run.This;
            for (; next < into.Count; next++)
            {
                run.This = into[next];
                projection.Collect(run, found);
                AddNew(seen, found, into);
            }

            run.This = focus;
            run.Return(found);
        });
    }

    private static void AddNew(NodeSet seen, NodeList found, NodeList into)
    {
        for (var i = 0; i < found.Count; i++)
            if (seen.Add(found[i])) into.Add(found[i]);
        found.Clear();
    }
}
