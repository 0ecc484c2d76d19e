namespace Kangqiao.Fhir.Units;

/// <summary>
/// How the number beside a special unit is read: not as a multiple of a reference quantity but through a function of it
/// (UCUM §21 and §22). <see cref="None"/> is the ordinary, proportional unit.
/// </summary>
internal enum SpecialScale
{
    None,
    Celsius,
    Fahrenheit,
    Reaumur,
    NaturalLog,
    Log10,
    Log10Times2,
    Log2,
    PotentialOfHydrogen,
    TangentTimes100,
    SquareRoot,
    HomeopathicX,
    HomeopathicC,
    HomeopathicM,
    HomeopathicQ,
}

internal static class SpecialScales
{
    /// <summary>What is added before the reference is multiplied; null for scales that are not shifted but curved.</summary>
    internal static decimal? Offset(this SpecialScale scale) => scale switch
    {
        SpecialScale.Celsius => 273.15m,
        SpecialScale.Fahrenheit => 459.67m,
        SpecialScale.Reaumur => 218.52m,
        SpecialScale.None => 0m,
        _ => null,
    };

    /// <summary>From the number on the scale to multiples of the reference.</summary>
    internal static double ToReference(this SpecialScale scale, double number) => scale switch
    {
        SpecialScale.NaturalLog => Math.Exp(number),
        SpecialScale.Log10 => Math.Pow(10, number),
        SpecialScale.Log10Times2 => Math.Pow(10, number / 2),
        SpecialScale.Log2 => Math.Pow(2, number),
        SpecialScale.PotentialOfHydrogen or SpecialScale.HomeopathicX => Math.Pow(10, -number),
        SpecialScale.TangentTimes100 => Math.Atan(number / 100),
        SpecialScale.SquareRoot => number * number,
        SpecialScale.HomeopathicC => Math.Pow(100, -number),
        SpecialScale.HomeopathicM => Math.Pow(1000, -number),
        SpecialScale.HomeopathicQ => Math.Pow(50000, -number),
        _ => number + (double)(scale.Offset() ?? 0m),
    };

    /// <summary>From multiples of the reference to the number on the scale; not finite where the scale has none.</summary>
    internal static double FromReference(this SpecialScale scale, double multiple) => scale switch
    {
        SpecialScale.NaturalLog => Math.Log(multiple),
        SpecialScale.Log10 => Math.Log10(multiple),
        SpecialScale.Log10Times2 => 2 * Math.Log10(multiple),
        SpecialScale.Log2 => Math.Log2(multiple),
        SpecialScale.PotentialOfHydrogen or SpecialScale.HomeopathicX => -Math.Log10(multiple),
        SpecialScale.TangentTimes100 => Math.Tan(multiple) * 100,
        SpecialScale.SquareRoot => Math.Sqrt(multiple),
        SpecialScale.HomeopathicC => -Math.Log10(multiple) / 2,
        SpecialScale.HomeopathicM => -Math.Log10(multiple) / 3,
        SpecialScale.HomeopathicQ => -Math.Log(multiple) / Math.Log(50000),
        _ => multiple - (double)(scale.Offset() ?? 0m),
    };
}
