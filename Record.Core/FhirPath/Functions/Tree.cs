using Record.Core.FhirPath.Terms;

namespace Record.Core.FhirPath.Functions;

/// <summary>http://hl7.org/fhirpath/N1/#tree-navigation</summary>
internal static class Tree
{
    public static readonly Function[] All =
    [
        new("children", 0, 0, call => Below(call.Target, Children.Collect)),
        new("descendants", 0, 0, call => Below(call.Target, Children.CollectAll)),
    ];

    private delegate void Walk(Evaluation run, in FhirPathNode node, NodeList into);

    private static Term Below(Term target, Walk walk) => Term.Of((run, into) =>
    {
        var list = run.Rent();
        target.Collect(run, list);
        for (var i = 0; i < list.Count; i++) walk(run, list[i], into);
        run.Return(list);
    });
}
