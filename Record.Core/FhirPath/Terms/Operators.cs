using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Terms;

/// <summary>The binary operators. http://hl7.org/fhirpath/N1/#operations</summary>
internal static class Operators
{
    public static Term Compile(string symbol, Term left, Term right) => symbol switch
    {
        "and" => Term.OfQuestion(run => And(left.Decide(run), right, run)),
        "or" => Term.OfQuestion(run => Or(left.Decide(run), right, run)),
        "xor" => Term.OfQuestion(run => Xor(left.Decide(run), right.Decide(run))),
        "implies" => Term.OfQuestion(run => Implies(left.Decide(run), right, run)),
        "=" when left.IsQuestion && right.IsQuestion => Term.OfQuestion(run => !Xor(left.Decide(run), right.Decide(run))),
        "!=" when left.IsQuestion && right.IsQuestion => Term.OfQuestion(run => Xor(left.Decide(run), right.Decide(run))),
        "=" => Term.OfQuestion(run => Collections.Equal(run, left, right)),
        "!=" => Term.OfQuestion(run => !Collections.Equal(run, left, right)),
        "~" => Term.OfQuestion(run => Collections.Equivalent(run, left, right)),
        "!~" => Term.OfQuestion(run => !Collections.Equivalent(run, left, right)),
        "<" => Term.OfQuestion(run => Order(run, left, right) is { } order ? order < 0 : null),
        "<=" => Term.OfQuestion(run => Order(run, left, right) is { } order ? order <= 0 : null),
        ">" => Term.OfQuestion(run => Order(run, left, right) is { } order ? order > 0 : null),
        ">=" => Term.OfQuestion(run => Order(run, left, right) is { } order ? order >= 0 : null),
        "in" => Term.OfQuestion(run => IsIn(run, left, right)),
        "contains" => Term.OfQuestion(run => IsIn(run, right, left)),
        "|" => Term.Of((run, into) => Union(run, left, right, into), run => left.Exists(run) || right.Exists(run)),
        "&" => Term.OfValue(run => Texts.Checked(Scalars.Text(run.Scalar(left)) + Scalars.Text(run.Scalar(right)))),
        _ => Term.OfValue(run => run.Scalar(left) is { } a && run.Scalar(right) is { } b ? Arithmetic.Apply(symbol, a, b) : null),
    };

    /// <summary><c>-operand</c>, <c>+operand</c></summary>
    public static Term Sign(bool negative, Term operand) => operand.Constant is { } constant
        ? Term.OfConstant(Signed(negative, constant))
        : Term.OfValue(run => run.Scalar(operand) is { } value ? Signed(negative, value) : null);

    /// <summary>Adds the distinct items of both.</summary>
    public static void Union(Evaluation run, Term left, Term right, NodeList into)
    {
        var both = run.Rent();
        left.Collect(run, both);
        right.Collect(run, both);
        Collections.AddDistinct(run, both, into);
        run.Return(both);
    }

    private static object Signed(bool negative, object value) => value switch
    {
        int number => negative ? -number : number,
        decimal number => negative ? -number : number,
        Quantity quantity => negative ? quantity with { Value = -quantity.Value } : quantity,
        _ => throw new FhirPathException($"A {Scalars.TypeOf(value).Name} has no sign."),
    };

    private static bool? And(bool? left, Term right, Evaluation run)
    {
        if (left == false) return false;
        var other = right.Decide(run);
        return other == false ? false : left & other;
    }

    private static bool? Or(bool? left, Term right, Evaluation run)
    {
        if (left == true) return true;
        var other = right.Decide(run);
        return other == true ? true : left | other;
    }

    private static bool? Xor(bool? left, bool? right) => left is null || right is null ? null : left != right;

    private static bool? Implies(bool? left, Term right, Evaluation run)
    {
        if (left == false) return true;
        var other = right.Decide(run);
        return left == true ? other : other == true ? true : null;
    }

    private static int? Order(Evaluation run, Term left, Term right) =>
        run.Scalar(left) is { } a && run.Scalar(right) is { } b ? Arithmetic.Order(a, b) : null;

    private static bool? IsIn(Evaluation run, Term item, Term collection)
    {
        var (one, all) = (run.Rent(), run.Rent());
        item.Collect(run, one);
        if (one.Count > 1) throw Evaluation.Several(one.Count);
        if (one.Count == 1) collection.Collect(run, all);
        bool? answer = one.Count == 0 ? null : Collections.Contains(run, all, one[0]);
        run.Return(one);
        run.Return(all);
        return answer;
    }
}
