using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Search.Values;

/// <summary>Values of date parameters (R4 search.html#date): date, dateTime, instant, Period, Timing.</summary>
internal static class DateValues
{
    public static void Take(Element element, IndexLeaf leaf, IndexValues into)
    {
        if (element.IsPrimitive)
        {
            if (TryRange(element, out var range))
            {
                ref var value = ref into.Add(leaf, element, IndexKind.Date);
                value.LowTicks = range.Low;
                value.HighTicks = range.High;
                value.Precision = range.Precision;
            }

            return;
        }

        var type = element.TypeId;
        if (type == DataTypes.Period)
        {
            TakePeriod(element, element, leaf, into);
        }
        else if (type == DataTypes.Timing)
        {
            TakeTiming(element, leaf, into);
        }
    }

    private static void TakePeriod(Element at, Element period, IndexLeaf leaf, IndexValues into)
    {
        var hasStart = TryRange(period.Child(ElementNames.Start), out var start);
        var hasEnd = TryRange(period.Child(ElementNames.End), out var end);
        if (hasStart || hasEnd)
        {
            Add(at, leaf, into, hasStart ? start.Low : DateRange.Always.Low, hasEnd ? end.High : DateRange.Always.High);
        }
    }

    // R4 search.html#date: of a Timing "the specified scheduling details are ignored and only the outer limits matter".
    private static void TakeTiming(Element timing, IndexLeaf leaf, IndexValues into)
    {
        var low = long.MaxValue;
        var high = long.MinValue;
        foreach (var moment in timing.ChildrenNamed(ElementNames.Event))
        {
            if (TryRange(moment, out var range))
            {
                low = Math.Min(low, range.Low);
                high = Math.Max(high, range.High);
            }
        }

        var repeat = timing.Child(ElementNames.Repeat);
        var bounds = repeat.Exists ? repeat.Child(ElementNames.Bounds) : default;
        if (bounds.Exists && bounds.TypeId == DataTypes.Period)
        {
            var hasStart = TryRange(bounds.Child(ElementNames.Start), out var start);
            var hasEnd = TryRange(bounds.Child(ElementNames.End), out var end);
            if (hasStart || hasEnd)
            {
                low = Math.Min(low, hasStart ? start.Low : DateRange.Always.Low);
                high = Math.Max(high, hasEnd ? end.High : DateRange.Always.High);
            }
        }

        if (low < high)
        {
            Add(timing, leaf, into, low, high);
        }
    }

    private static bool TryRange(Element element, out DateRange range)
    {
        range = default;
        return element.Exists && element.HasValue && !element.IsEscaped && DateRange.TryParse(element.Raw, out range);
    }

    private static void Add(Element at, IndexLeaf leaf, IndexValues into, long low, long high)
    {
        ref var value = ref into.Add(leaf, at, IndexKind.Date);
        value.LowTicks = low;
        value.HighTicks = high;
        value.Precision = DatePrecision.Interval;
    }
}
