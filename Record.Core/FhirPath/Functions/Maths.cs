using Record.Core.FhirPath.Terms;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Functions;

/// <summary>http://hl7.org/fhirpath/N1/#math</summary>
internal static class Maths
{
    public static readonly Function[] All =
    [
        new("abs", 0, 0, call => call.Number((_, value) => Abs(value))),
        new("ceiling", 0, 0, call => call.Number((_, value) => Numbers.Whole(decimal.Ceiling(Number(call, value))))),
        new("floor", 0, 0, call => call.Number((_, value) => Numbers.Whole(decimal.Floor(Number(call, value))))),
        new("truncate", 0, 0, call => call.Number((_, value) => Numbers.Whole(decimal.Truncate(Number(call, value))))),
        new("exp", 0, 0, call => Real(call, Math.Exp)),
        new("ln", 0, 0, call => Real(call, Math.Log)),
        new("sqrt", 0, 0, call => Real(call, Math.Sqrt)),
        new("log", 1, 1, Log),
        new("power", 1, 1, Power),
        new("round", 0, 1, Round),
    ];

    private static decimal Number(Call call, object value) => Arithmetic.AsNumber(value) ?? throw new FhirPathException($"{call.Name}() needs a number without unit", call.Position);

    private static object Abs(object value) => value switch
    {
        int number => number == int.MinValue ? (decimal)number * -1 : Math.Abs(number),
        decimal number => Math.Abs(number),
        Quantity quantity => quantity with { Value = Math.Abs(quantity.Value) },
        _ => value,
    };

    // Irrational results are doubles rounded to what a double knows.
    private static decimal? Decimal(double value) => double.IsFinite(value) && Math.Abs(value) < 7.9e28 ? (decimal)value : null;

    private static Term Real(Call call, Func<double, double> function) =>
        call.Number((_, value) => Decimal(function((double)Number(call, value))));

    private static Term Log(Call call)
    {
        var given = call.Argument(0);
        return call.Number((run, value) => run.Scalar(given) is { } b ? Decimal(Math.Log((double)Number(call, value), (double)Number(call, b))) : null);
    }

    private static Term Power(Call call)
    {
        var given = call.Argument(0);
        return call.Number((run, value) => run.Scalar(given) is not { } exponent ? null
            : Raised(Number(call, value), exponent, Number(call, exponent)) is not { } result ? null
            : value is int ? Numbers.Whole(result) : result);
    }

    private static decimal? Raised(decimal number, object exponent, decimal power) =>
        exponent is int times and >= 0 and <= 100 ? Repeated(number, times) : Decimal(Math.Pow((double)number, (double)power));

    private static decimal? Repeated(decimal number, int times)
    {
        try
        {
            var result = 1m;
            for (var i = 0; i < times; i++) result *= number;
            return result;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static Term Round(Call call)
    {
        var given = call.Count == 1 ? call.Argument(0) : null;
        return call.Number((run, value) =>
        {
            var digits = given is null ? 0 : run.Scalar(given) is { } d ? call.Integer(d) : 0;
            if (digits < 0) throw new FhirPathException("round() needs a precision of 0 or more", call.Position);
            return decimal.Round(Number(call, value), Math.Min(digits, 28), MidpointRounding.AwayFromZero);
        });
    }
}
