using Record.Core.FhirPath.Terms;
using Record.Core.FhirPath.Types;
using Record.Core.FhirPath.Values;

namespace Record.Core.FhirPath.Functions;

/// <summary>http://hl7.org/fhirpath/#lowboundaryprecision-integer-decimal--date--datetime--time</summary>
internal static class Boundaries
{
    private const int MostDigits = 28;

    public static readonly Function[] All =
    [
        new("lowBoundary", 0, 1, call => Boundary(call, high: false)),
        new("highBoundary", 0, 1, call => Boundary(call, high: true)),
        new("precision", 0, 0, call => call.Value((_, value) => PrecisionOf(value))),
        new("comparable", 1, 1, Comparable),
    ];

    private static Term Boundary(Call call, bool high)
    {
        var given = call.Count == 1 ? call.Argument(0) : null;
        return call.Value((run, value) =>
        {
            int? precision = given is null ? null : run.Scalar(given) is { } p ? call.Integer(p) : null;
            return value switch
            {
                int or decimal => OfNumber(Arithmetic.AsNumber(value)!.Value, precision ?? 8, high),
                Quantity quantity => OfNumber(quantity.Value, precision ?? 8, high) is { } bound ? quantity with { Value = bound } : null,
                Temporal time => OfTemporal(time, precision, high),
                _ => throw new FhirPathException($"{call.Name}() needs a number, date or time", call.Position),
            };
        });
    }

    // Half of the last digit away, rounded outwards to the digits asked for.
    private static decimal? OfNumber(decimal value, int digits, bool high)
    {
        if (digits is < 0 or > MostDigits) return null;
        var scale = Power(digits);
        try
        {
            var half = 0.5m / Power(Numbers.Digits(value));
            var bound = (high ? value + half : value - half) * scale;
            return decimal.Add((high ? decimal.Ceiling(bound) : decimal.Floor(bound)) / scale, new decimal(0, 0, 0, false, (byte)digits));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static decimal Power(int digits)
    {
        var power = 1m;
        for (var i = 0; i < digits; i++) power *= 10;
        return power;
    }

    private static Temporal? OfTemporal(Temporal time, int? digits, bool high)
    {
        if (Wanted(digits, time.Kind) is not { } wanted) return null;
        var local = high && wanted > time.Precision ? End(time) : time.Local;
        var offset = time.Kind == ScalarKind.DateTime && wanted > Precision.Day ? time.Offset ?? TimeSpan.FromHours(high ? -12 : 14) : (TimeSpan?)null;
        var kind = time.Kind == ScalarKind.DateTime && wanted <= Precision.Day ? ScalarKind.Date : time.Kind;
        return new(kind, local, wanted, wanted == Precision.Fraction ? 3 : 0, offset);
    }

    private static Precision? Wanted(int? digits, ScalarKind kind) => (kind, digits) switch
    {
        (ScalarKind.Date, null) => Precision.Day,
        (_, null) => Precision.Fraction,
        (ScalarKind.Time, 2) => Precision.Hour,
        (ScalarKind.Time, 4) => Precision.Minute,
        (ScalarKind.Time, 6) => Precision.Second,
        (ScalarKind.Time, 9) => Precision.Fraction,
        (ScalarKind.Time, _) => null,
        (_, 4) => Precision.Year,
        (_, 6) => Precision.Month,
        (_, 8) => Precision.Day,
        (ScalarKind.DateTime, 10) => Precision.Hour,
        (ScalarKind.DateTime, 12) => Precision.Minute,
        (ScalarKind.DateTime, 14) => Precision.Second,
        (ScalarKind.DateTime, 17) => Precision.Fraction,
        _ => null,
    };

    private static DateTime End(Temporal time)
    {
        var next = time.Precision switch
        {
            Precision.Year => time.Local.AddYears(1),
            Precision.Month => time.Local.AddMonths(1),
            Precision.Day => time.Local.AddDays(1),
            Precision.Hour => time.Local.AddHours(1),
            Precision.Minute => time.Local.AddMinutes(1),
            Precision.Second => time.Local.AddSeconds(1),
            _ => time.Local.AddMilliseconds(1),
        };
        return next.AddMilliseconds(-1);
    }

    private static object? PrecisionOf(object value) => value switch
    {
        int => 0,
        decimal number => Numbers.Digits(number),
        Quantity quantity => PrecisionOf(quantity.Value),
        Temporal time => (time.Kind == ScalarKind.Time ? -8 : 0) + time.Precision switch
        {
            Precision.Year => 4,
            Precision.Month => 6,
            Precision.Day => 8,
            Precision.Hour => 10,
            Precision.Minute => 12,
            Precision.Second => 14,
            _ => 17,
        },
        _ => null,
    };

    private static Term Comparable(Call call)
    {
        var other = call.Argument(0);
        return call.Value((run, value) => Arithmetic.AsQuantity(value) is { } left && Arithmetic.AsQuantity(run.Scalar(other)) is { } right ? Quantity.Comparable(left, right) : null);
    }
}
