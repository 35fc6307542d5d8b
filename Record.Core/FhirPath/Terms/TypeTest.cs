using Record.Core.FhirPath.Types;

namespace Record.Core.FhirPath.Terms;

/// <summary>What a type is named for.</summary>
internal enum TypeUse
{
    Is,
    As,
    OfType,
}

/// <summary><c>is</c>, <c>as</c> and <c>ofType</c>. http://hl7.org/fhirpath/N1/#types-and-reflection</summary>
internal static class TypeTest
{
    /// <summary>The types that a name can mean: <c>Quantity</c> is FHIR's and System's.</summary>
    /// <exception cref="FhirPathException">R4 has no such type. To ask whether something <c>is</c> one of a later FHIR is allowed: nothing is.</exception>
    private static FhirType[] Find(string name, TypeUse use, int position)
    {
        if (name.StartsWith("System.", StringComparison.Ordinal)) return FhirTypes.FindSystem(name[7..]) is { } system ? [system] : [];
        var bare = name.StartsWith("FHIR.", StringComparison.Ordinal) ? name[5..] : name;
        FhirType?[] found = [FhirTypes.Find(bare), bare == name ? FhirTypes.FindSystem(bare) : null];
        return found.Any(type => type is not null) ? [.. found.OfType<FhirType>()]
            : use == TypeUse.Is && char.IsAsciiLetterUpper(bare[0]) ? []
            : throw new FhirPathException($"R4 has no type {name}", position);
    }

    public static Term Compile(Term target, string type, TypeUse use, int position)
    {
        var types = Find(type, use, position);
        return use == TypeUse.Is ? Term.OfQuestion(run => Is(run, target, types)) : Term.Of((run, into) => Filter(run, target, types, use, into));
    }

    private static bool? Is(Evaluation run, Term target, FhirType[] types)
    {
        var list = run.Rent();
        target.Collect(run, list);
        bool? answer = list.Count switch { 0 => null, 1 => Matches(list[0].Type, types), _ => throw Evaluation.Several(list.Count) };
        run.Return(list);
        return answer;
    }

    // R4's own invariants and search parameters use `as` over several items: it filters unless strict.
    private static void Filter(Evaluation run, Term target, FhirType[] types, TypeUse use, NodeList into)
    {
        var list = run.Rent();
        target.Collect(run, list);
        if (use == TypeUse.As && list.Count > 1 && run.Environment.Strict) throw Evaluation.Several(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            var type = list[i].Type; // a code is not cast to a string
            if (type.IsPrimitive ? Array.IndexOf(types, type) >= 0 : Matches(type, types)) into.Add(list[i]);
        }

        run.Return(list);
    }

    private static bool Matches(FhirType type, FhirType[] types)
    {
        foreach (var other in types)
            if (type.Is(other)) return true;
        return false;
    }
}
