using Kangqiao.Bench.Shapes;
using Kangqiao.Fhir.Units;

namespace Kangqiao.Bench.Fuzz;

/// <summary>Unit codes put together from UCUM's symbols and from what is none.</summary>
internal static class Units
{
    private static readonly string[] Parts =
    [
        "m", "g", "s", "kg", "mmol", "L", "[iU]", "mm[Hg]", "Cel", "[degF]", "10*", "10^", "3", "-3", "+9", "99999999999", ".", "/", "(", ")", "{cells}",
        "{", "}", "%", "[pH]", "B[SPL]", "dB", "Ym", "ymol", " ", "µ", "毫克", "\0", "'", "\"", "[", "]", "1", "0", "u", "a_j", "har", "[in_i'H2O]",
    ];

    public static Func<bool> Prepare(ref SplitMix64 random)
    {
        var code = Some(ref random);
        var other = Some(ref random);
        var value = random.Between(-5, 5) * 0.37m;
        return () =>
        {
            var known = Ucum.TryCanonical(value, code, out _);
            return Ucum.TryConvert(value, code, other, out _) || known;
        };
    }

    private static string Some(ref SplitMix64 random)
    {
        var parts = new string[random.Chance(950) ? random.Between(1, 8) : random.Between(100, 5_000)];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Parts[random.Below(Parts.Length)];
        }

        return string.Concat(parts);
    }
}
