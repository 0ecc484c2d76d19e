namespace Kangqiao.Fhir.FhirPath;

/// <summary>Arithmetic that answers "no value" where it would overflow (http://hl7.org/fhirpath/#math: such results are empty).</summary>
internal static class Numbers
{
    // Decimal has no unchecked form and no TryAdd: a bound on the magnitudes decides before computing.
    private const decimal HalfMost = decimal.MaxValue / 2;

    public static bool TryAdd(decimal left, decimal right, out decimal sum)
    {
        sum = 0;
        if (Math.Abs(left) > HalfMost || Math.Abs(right) > HalfMost)
        {
            return false;
        }

        sum = left + right;
        return true;
    }

    public static bool TryMultiply(decimal left, decimal right, out decimal product)
    {
        product = 0;
        if (Math.Abs((double)left) * Math.Abs((double)right) >= (double)HalfMost)
        {
            return false;
        }

        product = left * right;
        return true;
    }

    public static bool TryDivide(decimal left, decimal right, out decimal quotient)
    {
        quotient = 0;
        if (right == 0 || Math.Abs((double)left) / Math.Abs((double)right) >= (double)HalfMost)
        {
            return false;
        }

        quotient = left / right;
        return true;
    }

    public static bool TryOf(double value, out decimal number)
    {
        number = 0;
        if (!double.IsFinite(value) || Math.Abs(value) >= (double)HalfMost)
        {
            return false;
        }

        number = (decimal)value;
        return true;
    }

    /// <summary>Digits after the point that are not trailing zeros.</summary>
    public static int Scale(decimal value)
    {
        var scale = value.Scale;
        while (scale > 0 && decimal.Round(value, scale - 1) == value)
        {
            scale--;
        }

        return scale;
    }

    /// <summary>Equal once rounded to the digits of the less precise.</summary>
    public static bool AreEquivalent(decimal left, decimal right)
    {
        var scale = Math.Min(Scale(left), Scale(right));
        return decimal.Round(left, scale, MidpointRounding.AwayFromZero) == decimal.Round(right, scale, MidpointRounding.AwayFromZero);
    }
}
