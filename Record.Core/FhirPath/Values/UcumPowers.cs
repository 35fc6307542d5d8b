namespace Record.Core.FhirPath.Values;

/// <summary>A product of powers that is being multiplied out.</summary>
internal sealed class UcumPowers
{
    private readonly SortedDictionary<string, int> powers = new(StringComparer.Ordinal);
    private decimal factor = 1;

    /// <summary>Multiplies by a unit to a power.</summary>
    /// <exception cref="OverflowException">The factor is beyond a decimal's reach.</exception>
    public void Add(UcumUnit unit, int power)
    {
        Scale(unit.Factor, power);
        if (unit.Dimension == "1") return;
        foreach (var part in unit.Dimension.Split('.'))
        {
            var (name, exponent) = UcumCode.SplitExponent(part);
            var sum = powers.GetValueOrDefault(name) + exponent * power;
            if (sum == 0) powers.Remove(name);
            else powers[name] = sum;
        }
    }

    /// <summary>Multiplies by a number to a power.</summary>
    public void Scale(decimal number, int power)
    {
        for (var i = 0; i < Math.Abs(power); i++) factor = power > 0 ? factor * number : factor / number;
    }

    public UcumUnit ToUnit() =>
        new(factor, powers.Count == 0 ? "1" : string.Join('.', powers.Select(power => power.Value == 1 ? power.Key : $"{power.Key}{power.Value}")));
}
