using Kangqiao.Fhir.Units;

namespace Kangqiao.Fhir.Search;

/// <summary>An interval in base units of UCUM, so that 1 mg/dL and 10 mg/L are found by each other (R4 search.html#quantity).</summary>
internal readonly record struct CanonicalInterval(double Low, double High, string Unit)
{
    /// <summary>False if the unit is not one of UCUM.</summary>
    public static bool TryOf(decimal low, decimal high, ReadOnlySpan<byte> system, ReadOnlySpan<byte> code, out CanonicalInterval interval)
    {
        interval = default;
        if (!system.SequenceEqual("http://unitsofmeasure.org"u8) || code.IsEmpty)
        {
            return false;
        }

        // decimal's own ends stand for an open end.
        var isOpenLow = low == decimal.MinValue;
        var isOpenHigh = high == decimal.MaxValue;
        CanonicalQuantity least = default;
        CanonicalQuantity most = default;
        if ((!isOpenLow && !Ucum.TryCanonical(low, code, out least))
            || (!isOpenHigh && !Ucum.TryCanonical(high, code, out most))
            || (isOpenLow && isOpenHigh))
        {
            return false;
        }

        interval = new CanonicalInterval(
            isOpenLow ? double.NegativeInfinity : least.Value,
            isOpenHigh ? double.PositiveInfinity : most.Value,
            isOpenLow ? most.Unit : least.Unit);
        return true;
    }
}
