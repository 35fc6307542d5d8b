using System.Collections.Frozen;

namespace Record.Core.FhirPath.Values;

/// <summary>
/// UCUM's atoms that clinical data uses, by factor and base units. https://ucum.org/ucum#section-Tables-of-Terminal-Symbols
/// A mole counts as a base unit here (a millimole never equals a plain number); a special or arbitrary unit (Cel, [iU], [pH]) is comparable with itself alone.
/// </summary>
internal static class UcumAtoms
{
    private const decimal Pi = 3.1415926535897932384626433833m;

    public static readonly FrozenDictionary<string, decimal> Prefixes = new Dictionary<string, decimal>
    {
        ["Y"] = 1e24m, ["Z"] = 1e21m, ["E"] = 1e18m, ["P"] = 1e15m, ["T"] = 1e12m, ["G"] = 1e9m, ["M"] = 1e6m, ["k"] = 1e3m, ["h"] = 1e2m, ["da"] = 10m,
        ["d"] = 1e-1m, ["c"] = 1e-2m, ["m"] = 1e-3m, ["u"] = 1e-6m, ["n"] = 1e-9m, ["p"] = 1e-12m, ["f"] = 1e-15m, ["a"] = 1e-18m, ["z"] = 1e-21m, ["y"] = 1e-24m,
    }.ToFrozenDictionary();

    public static readonly FrozenDictionary<string, (UcumUnit Unit, bool IsMetric)> All = Read().ToFrozenDictionary();

    private static Dictionary<string, (UcumUnit, bool)> Read()
    {
        var atoms = new Dictionary<string, (UcumUnit, bool)>();
        Add(true, "1", ("%", 0.01m), ("[ppth]", 1e-3m), ("[ppm]", 1e-6m), ("[ppb]", 1e-9m), ("rad", 1), ("sr", 1), ("10*", 10), ("10^", 10), ("[pi]", Pi));
        Add(false, "1", ("deg", Pi / 180), ("'", Pi / 10_800), ("''", Pi / 648_000));
        Add(true, "m", ("m", 1), ("pc", 3.085678e16m), ("Ao", 1e-10m));
        Add(false, "m", ("[in_i]", 0.0254m), ("[ft_i]", 0.3048m), ("[yd_i]", 0.9144m), ("[mi_i]", 1609.344m), ("[nmi_i]", 1852m), ("[in_us]", 100m / 3937), ("[ft_us]", 1200m / 3937));
        Add(true, "g", ("g", 1), ("t", 1e6m), ("u", 1.6605402e-24m));
        Add(false, "g", ("[lb_av]", 453.59237m), ("[oz_av]", 28.349523125m), ("[gr]", 0.06479891m), ("[ston_av]", 907_184.74m), ("[stone_av]", 6350.29318m), ("[oz_tr]", 31.1034768m), ("[lb_tr]", 373.2417216m));
        Add(true, "s", ("s", 1));
        Add(false, "s", ("min", 60), ("h", 3600), ("d", 86_400), ("wk", 604_800), ("a", 31_557_600), ("a_j", 31_557_600), ("mo", 2_629_800), ("mo_j", 2_629_800));
        Add(true, "K", ("K", 1));
        Add(true, "C", ("C", 1));
        Add(true, "cd", ("cd", 1), ("lm", 1));
        Add(true, "mol", ("mol", 1), ("eq", 1), ("osm", 1));
        Add(true, "m3", ("L", 1e-3m), ("l", 1e-3m), ("st", 1));
        Add(false, "m3", ("[gal_us]", 0.003785411784m), ("[qt_us]", 0.000946352946m), ("[pt_us]", 0.000473176473m), ("[cup_us]", 0.0002365882365m), ("[foz_us]", 0.0000295735295625m), ("[tbs_us]", 0.00001478676478125m), ("[tsp_us]", 0.00000492892159375m), ("[gal_br]", 0.00454609m), ("[pt_br]", 0.00056826125m), ("[foz_br]", 0.0000284130625m), ("[cup_m]", 0.00024m), ("[tbs_m]", 0.000015m), ("[tsp_m]", 0.000005m), ("[drp]", 0.00000005m));
        Add(false, "m2", ("[sin_i]", 0.00064516m), ("[sft_i]", 0.09290304m));
        Add(true, "m2", ("ar", 100));
        Add(false, "m3", ("[cin_i]", 0.000016387064m));
        Add(true, "s-1", ("Hz", 1), ("Bq", 1), ("Ci", 37_000_000_000));
        Add(true, "g.m.s-2", ("N", 1000), ("gf", 9.80665m));
        Add(true, "g.m-1.s-2", ("Pa", 1000), ("bar", 1e8m), ("m[Hg]", 133_322_000), ("m[H2O]", 9_806_650));
        Add(false, "g.m-1.s-2", ("atm", 101_325_000), ("[psi]", 6_894_757.293168m));
        Add(true, "g.m2.s-2", ("J", 1000), ("cal", 4184), ("cal_th", 4184), ("cal_IT", 4186.8m), ("eV", 1.60217733e-16m));
        Add(false, "g.m2.s-2", ("[Cal]", 4_184_000));
        Add(true, "g.m2.s-3", ("W", 1000));
        Add(false, "g.m2.s-3", ("[HP]", 745_699.87158227022m));
        Add(true, "C.s-1", ("A", 1));
        Add(true, "C-1.g.m2.s-2", ("V", 1000));
        Add(true, "C-2.g.m2.s-1", ("Ohm", 1000));
        Add(true, "C2.g-1.m-2.s", ("S", 0.001m));
        Add(true, "C2.g-1.m-2.s2", ("F", 0.001m));
        Add(true, "C-1.g.m2.s-1", ("Wb", 1000));
        Add(true, "C-1.g.s-1", ("T", 1000));
        Add(true, "m2.s-2", ("Gy", 1), ("Sv", 1), ("RAD", 0.01m), ("REM", 0.01m));
        Add(true, "C.g-1", ("R", 0.000000258m));
        Add(true, "mol.s-1", ("kat", 1), ("U", 0.000001m / 60));
        Add(true, "g.m-1.s-1", ("P", 100));
        Add(true, "m-1", ("[diop]", 1));
        foreach (var own in "[iU] [IU] [arb'U] [USP'U] [CFU] [PFU] [GPL'U] [MPL'U] [APL'U] [beth'U] [anti'Xa'U] [todd'U] [dye'U] [BAU] [AU] [Amb'a'1'U] [pH] Cel [degF] [degRe] B Np [S] [D'ag'U] [FEU] [ELU] [EU] [HPF] [LPF] [MET] [Ch] [hnsf'U] [TCID_50] [EID_50] [knk'U] [mclg'U] [tb'U]".Split(' '))
            Add(true, own == "[IU]" ? "[iU]" : own, (own, 1));
        return atoms;

        void Add(bool isMetric, string dimension, params ReadOnlySpan<(string Code, decimal Factor)> units)
        {
            foreach (var (code, factor) in units) atoms[code] = (new(factor, dimension), isMetric);
        }
    }
}
