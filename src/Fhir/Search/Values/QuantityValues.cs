using System.Buffers.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Search.Values;

/// <summary>Values of number and quantity parameters (R4 search.html#number, #quantity).</summary>
internal static class QuantityValues
{
    // R4 datatypes.html#Money: the currency is a code of ISO 4217.
    private static readonly byte[] Currencies = "urn:iso:std:iso:4217"u8.ToArray();

    public static void Take(Element element, IndexLeaf leaf, IndexValues into)
    {
        if (element.IsPrimitive)
        {
            if (element.IsNumber && SearchNumber.TryParse(element.Raw, out var number))
            {
                Add(element, leaf, into, new Interval(number, number, IndexFlags.None), default, default, default);
            }

            return;
        }

        var type = element.TypeId;
        if (type == DataTypes.Range)
        {
            TakeRange(element, leaf, into);
        }
        else if (type == DataTypes.Money)
        {
            if (TryNumber(element.Child(ElementNames.Value), out var amount))
            {
                var code = into.Written(element.Child(ElementNames.Currency));
                var system = code.IsEmpty ? default : into.Put(Currencies);
                Add(element, leaf, into, new Interval(amount, amount, IndexFlags.None), system, code, code);
            }
        }
        else if (type == DataTypes.SampledData)
        {
            TakeSamples(element, leaf, into);
        }
        else if (element.Type.IsA(DataTypes.Quantity) && TryInterval(element, out var interval))
        {
            AddWithUnit(element, element, leaf, into, interval);
        }
    }

    private static void TakeRange(Element range, IndexLeaf leaf, IndexValues into)
    {
        var low = range.Child(ElementNames.Low);
        var high = range.Child(ElementNames.High);
        var least = decimal.MinValue;
        var most = decimal.MaxValue;
        var hasLow = low.Exists && TryNumber(low.Child(ElementNames.Value), out least);
        var hasHigh = high.Exists && TryNumber(high.Child(ElementNames.Value), out most);
        if (hasLow || hasHigh)
        {
            // R4 datatypes.html#Range: "If the low or high elements are missing, the boundary is not known": open that way.
            var interval = new Interval(hasLow ? least : decimal.MinValue, hasHigh ? most : decimal.MaxValue, IndexFlags.None);
            AddWithUnit(range, hasLow ? low : high, leaf, into, interval);
        }
    }

    // R4 does not say how SampledData is found; the interval from its least to its greatest sample answers what people ask of it.
    private static void TakeSamples(Element sampled, IndexLeaf leaf, IndexValues into)
    {
        var origin = sampled.Child(ElementNames.Origin);
        var data = sampled.Child(ElementNames.Data);
        if (!origin.Exists || data is not { Exists: true, HasValue: true } || !TryNumber(origin.Child(ElementNames.Value), out var zero))
        {
            return;
        }

        var factor = TryNumber(sampled.Child(ElementNames.Factor), out var stated) ? (double)stated : 1;
        var low = double.PositiveInfinity;
        var high = double.NegativeInfinity;
        var rest = data.Raw;
        while (!rest.IsEmpty)
        {
            var space = rest.IndexOf((byte)' ');
            var token = space < 0 ? rest : rest[..space];
            rest = space < 0 ? default : rest[(space + 1)..];
            double sample;
            if (token.SequenceEqual("L"u8) && TryNumber(sampled.Child(ElementNames.LowerLimit), out var limit))
            {
                sample = (double)limit;
            }
            else if (token.SequenceEqual("U"u8) && TryNumber(sampled.Child(ElementNames.UpperLimit), out limit))
            {
                sample = (double)limit;
            }
            else if (!Utf8Parser.TryParse(token, out sample, out var used) || used != token.Length || !double.IsFinite(sample))
            {
                continue;
            }

            sample = (sample * factor) + (double)zero;
            low = Math.Min(low, sample);
            high = Math.Max(high, sample);
        }

        if (low <= high)
        {
            var interval = new Interval(SearchNumber.FromDouble(low), SearchNumber.FromDouble(high), IndexFlags.None);
            AddWithUnit(sampled, origin, leaf, into, interval);
        }
    }

    // R4 search.html#quantity with datatypes-definitions.html#Quantity.comparator: "<5" is anything below 5.
    private static bool TryInterval(Element quantity, out Interval interval)
    {
        interval = default;
        if (!TryNumber(quantity.Child(ElementNames.Value), out var value))
        {
            return false;
        }

        interval = new Interval(value, value, IndexFlags.None);
        var comparator = quantity.Child(ElementNames.Comparator);
        if (!comparator.Exists || !comparator.HasValue)
        {
            return true;
        }

        if (comparator.TextIs("<"u8))
        {
            interval = new Interval(decimal.MinValue, value, IndexFlags.HighOpen);
        }
        else if (comparator.TextIs("<="u8))
        {
            interval = new Interval(decimal.MinValue, value, IndexFlags.None);
        }
        else if (comparator.TextIs(">"u8))
        {
            interval = new Interval(value, decimal.MaxValue, IndexFlags.LowOpen);
        }
        else if (comparator.TextIs(">="u8))
        {
            interval = new Interval(value, decimal.MaxValue, IndexFlags.None);
        }

        return true;
    }

    private static void AddWithUnit(Element at, Element quantity, IndexLeaf leaf, IndexValues into, Interval interval)
    {
        var system = into.Written(quantity.Child(ElementNames.System));
        var code = into.Written(quantity.Child(ElementNames.Code));
        var unit = into.Written(quantity.Child(ElementNames.Unit));
        Add(at, leaf, into, interval, system, code, unit);
    }

    private static void Add(
        Element at, IndexLeaf leaf, IndexValues into, Interval interval, TextSlice system, TextSlice code, TextSlice unit)
    {
        var canonical = default(CanonicalInterval);
        var isCanonical = leaf.Type == SearchType.Quantity
            && CanonicalInterval.TryOf(interval.Low, interval.High, into.Text(system), into.Text(code), out canonical);
        var canonicalUnit = isCanonical ? into.Put(canonical.Unit.AsSpan()) : default;
        ref var value = ref into.Add(leaf, at, leaf.Type == SearchType.Number ? IndexKind.Number : IndexKind.Quantity);
        value.Low = interval.Low;
        value.High = interval.High;
        value.Flags = interval.Flags | (isCanonical ? IndexFlags.HasCanonical : IndexFlags.None);
        value.First = system;
        value.Second = code;
        value.Third = unit;
        value.Fourth = canonicalUnit;
        value.CanonicalLow = canonical.Low;
        value.CanonicalHigh = canonical.High;
    }

    private static bool TryNumber(Element element, out decimal number)
    {
        number = 0;
        return element.Exists && element.IsNumber && SearchNumber.TryParse(element.Raw, out number);
    }

    private readonly record struct Interval(decimal Low, decimal High, IndexFlags Flags);
}
