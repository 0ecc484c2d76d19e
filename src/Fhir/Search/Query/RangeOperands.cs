namespace Kangqiao.Fhir.Search.Query;

/// <summary>R4 search.html#date and #prefix: ranges against ranges.</summary>
/// <param name="Range">What the date asked for means.</param>
/// <param name="Near">For "ap": the range widened by a tenth of its distance from now.</param>
public sealed record DateOperand(SearchPrefix Prefix, DateRange Range, DateRange Near) : Operand
{
    internal override bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier)
    {
        if (value.Kind != IndexKind.Date)
        {
            return false;
        }

        var low = value.LowTicks;
        var high = value.HighTicks;
        return Prefix switch
        {
            // "the range of the search value fully contains the range of the target value"
            SearchPrefix.Eq => Contains(low, high),
            SearchPrefix.Ne => !Contains(low, high),

            // "the range above the search value intersects (i.e. overlaps) with the range of the target value"
            SearchPrefix.Gt => high > Range.High,
            SearchPrefix.Lt => low < Range.Low,
            SearchPrefix.Ge => high > Range.High || Contains(low, high),
            SearchPrefix.Le => low < Range.Low || Contains(low, high),

            // "does not overlap ..., and the range above the search value contains the range of the target value"
            SearchPrefix.Sa => low >= Range.High,
            SearchPrefix.Eb => high <= Range.Low,
            _ => low < Near.High && high > Near.Low,
        };
    }

    private bool Contains(long low, long high) => low >= Range.Low && high <= Range.High;
}

/// <summary>
/// R4 search.html#number and #prefix. Equality allows for the digits not said; with any other prefix the number is exact.
/// </summary>
/// <param name="Value">As asked.</param>
/// <param name="Low">Lowest number it may stand for, inclusive.</param>
/// <param name="High">Highest, exclusive (inclusive where no digit is left open).</param>
public sealed record NumberOperand(SearchPrefix Prefix, decimal Value, decimal Low, decimal High) : Operand
{
    internal override bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier) =>
        value.Kind is IndexKind.Number or IndexKind.Quantity && Holds(value.Low, value.High, value.Flags);

    internal bool Holds(decimal low, decimal high, IndexFlags flags)
    {
        var isLowOpen = (flags & IndexFlags.LowOpen) != 0;
        var isHighOpen = (flags & IndexFlags.HighOpen) != 0;
        return Prefix switch
        {
            SearchPrefix.Eq => Contains(low, high, isHighOpen),
            SearchPrefix.Ne => !Contains(low, high, isHighOpen),
            SearchPrefix.Gt => high > Value,
            SearchPrefix.Lt => low < Value,
            SearchPrefix.Ge => high > Value || (high == Value && !isHighOpen),
            SearchPrefix.Le => low < Value || (low == Value && !isLowOpen),
            SearchPrefix.Sa => low > Value || (low == Value && isLowOpen),
            SearchPrefix.Eb => high < Value || (high == Value && isHighOpen),

            // "the recommended value for the approximation is 10% of the stated value"
            _ => low <= Value + (Math.Abs(Value) / 10) && high >= Value - (Math.Abs(Value) / 10),
        };
    }

    private bool Contains(decimal low, decimal high, bool isHighOpen) =>
        low >= Low && (high < High || (high == High && (isHighOpen || Low == High)));
}

/// <summary>R4 search.html#quantity: a number, and the unit it is in; compared in base units where both are UCUM.</summary>
/// <param name="System">Null: not said. Empty is not said either ("5.4||mg").</param>
/// <param name="Unit">Code, or without system code or written unit. Null: any unit.</param>
public sealed record QuantityOperand(NumberOperand Number, string? System, string? Unit) : Operand
{
    private readonly byte[] system = SearchForms.Utf8(System ?? "");
    private readonly byte[] unit = SearchForms.Utf8(Unit ?? "");
    private readonly CanonicalAsk? canonical = CanonicalAsk.Of(Number, SearchForms.Utf8(System ?? ""), SearchForms.Utf8(Unit ?? ""));

    internal override bool Matches(IndexValues values, in IndexValue value, SearchModifier modifier)
    {
        if (value.Kind != IndexKind.Quantity)
        {
            return false;
        }

        if (system.Length > 0 && !values.Text(value.First).SequenceEqual(system))
        {
            return false;
        }

        // "5.4||mg": "the unit - either the code or the stated human unit".
        var isSameUnit = unit.Length == 0
            || values.Text(value.Second).SequenceEqual(unit)
            || (system.Length == 0 && values.Text(value.Third).SequenceEqual(unit));
        if (isSameUnit)
        {
            return Number.Holds(value.Low, value.High, value.Flags);
        }

        return canonical is { } ask && (value.Flags & IndexFlags.HasCanonical) != 0
            && values.Text(value.Fourth).SequenceEqual(ask.Unit) && ask.Holds(value);
    }

    private sealed record CanonicalAsk(SearchPrefix Prefix, double Value, double Low, double High, byte[] Unit)
    {
        // Units are converted to twelve digits: what is closer than that is the same.
        private const double Closeness = 1e-11;

        public static CanonicalAsk? Of(NumberOperand number, byte[] system, byte[] unit) =>
            CanonicalInterval.TryOf(number.Value, number.Value, system, unit, out var at)
            && CanonicalInterval.TryOf(number.Low, number.High, system, unit, out var range)
                ? new CanonicalAsk(number.Prefix, at.Low, range.Low, range.High, SearchForms.Utf8(at.Unit))
                : null;

        public bool Holds(in IndexValue value)
        {
            var low = value.CanonicalLow;
            var high = value.CanonicalHigh;
            var isLowOpen = (value.Flags & IndexFlags.LowOpen) != 0;
            var isHighOpen = (value.Flags & IndexFlags.HighOpen) != 0;
            return Prefix switch
            {
                SearchPrefix.Eq => Contains(low, high, isHighOpen),
                SearchPrefix.Ne => !Contains(low, high, isHighOpen),
                SearchPrefix.Gt => Compare(high, Value) > 0,
                SearchPrefix.Lt => Compare(low, Value) < 0,
                SearchPrefix.Ge => Compare(high, Value) is var c && (c > 0 || (c == 0 && !isHighOpen)),
                SearchPrefix.Le => Compare(low, Value) is var c && (c < 0 || (c == 0 && !isLowOpen)),
                SearchPrefix.Sa => Compare(low, Value) is var c && (c > 0 || (c == 0 && isLowOpen)),
                SearchPrefix.Eb => Compare(high, Value) is var c && (c < 0 || (c == 0 && isHighOpen)),
                _ => low <= Value + (Math.Abs(Value) / 10) && high >= Value - (Math.Abs(Value) / 10),
            };
        }

        private bool Contains(double low, double high, bool isHighOpen) =>
            Compare(low, Low) >= 0 && (Compare(high, High) < 0 || (Compare(high, High) == 0 && (isHighOpen || Low.Equals(High))));

        private static int Compare(double left, double right) =>
            left.Equals(right)
            || (double.IsFinite(left) && double.IsFinite(right)
                && Math.Abs(left - right) <= Closeness * Math.Max(Math.Abs(left), Math.Abs(right)))
                ? 0
                : left.CompareTo(right);
    }
}
