using Kangqiao.Fhir.Search.Query;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>
/// What is asked of a date that reaches from one day to another (often the same): one of these regions holds both ends. Of a
/// record's only date the index keeps both ends (d) and the days it holds (j), and any region is a few exact questions to
/// them; of several dates (a, z) the pairing of ends may have to be looked at.
/// </summary>
internal sealed class DateRegions
{
    /// <summary>Regions beyond which clauses are asked one by one.</summary>
    public const int Most = 24;

    private readonly List<Region> regions;

    private DateRegions(List<Region> regions)
    {
        // What lies in another region is found by it, and its doubts are that one's.
        this.regions = [.. regions.Where((r, i) => !r.IsEmpty && !regions.Where((o, n) => r.IsWithin(o) && (n < i || !o.IsWithin(r))).Any())];
    }

    public static DateRegions All { get; } = new([Region.All]);

    public int Count => regions.Count;

    /// <summary>Any of the operands.</summary>
    public static DateRegions Of(IEnumerable<DateOperand> operands) => new([.. operands.SelectMany(Regions)]);

    /// <summary>One date that both ask for.</summary>
    public DateRegions And(DateRegions other) => new([.. regions.SelectMany(r => other.regions.Select(r.And))]);

    /// <summary>Records whose only date is in one of the regions.</summary>
    public Likely OfOnly(string code) => Likely.AnyOf([.. regions.Select(r => OfOnly(r, code))]);

    /// <summary>Records with several dates, one of them in one of the regions.</summary>
    public Likely OfSeveral(string code)
    {
        var paired = TermQuery.Is("m" + code);
        return Likely.AnyOf([.. regions.Select(r =>
        {
            var any = Touching(r, "a" + code, "z" + code);
            var edges = r.Edges.Select(e => DayAxis.Terms("a" + code, SlotSet.Between(e.Day, e.Day)));
            return new Likely(any.Maybe, TermQuery.AnyOf([any.Doubt, r.NeedsBothEnds ? paired : TermQuery.Nothing, .. edges]));
        })]);
    }

    private static IEnumerable<Region> Regions(DateOperand operand)
    {
        var sureLow = AtDay(false, true, operand.Range.Low).OfEnd.Sure;
        var sureHigh = AtDay(true, false, operand.Range.High).OfEnd.Sure;
        foreach (var demands in HalfLines.Of(operand, AtDay))
        {
            var region = Region.All;
            foreach (var demand in demands)
            {
                // ge: whatever lies wholly at or behind the beginning of what is asked is found, wherever it ends. le likewise.
                var unlessFrom = operand.Prefix == SearchPrefix.Ge && demand.OnHigh && !sureLow.IsEmpty ? sureLow.Intervals[0].Low : Region.NoDay;
                var unlessTo = operand.Prefix == SearchPrefix.Le && !demand.OnHigh && !sureHigh.IsEmpty ? sureHigh.Intervals[0].High : Region.NoDay;
                region = region.And(Region.Of(demand, unlessFrom, unlessTo));
            }

            yield return region;
        }
    }

    private static HalfLine AtDay(bool onHigh, bool atLeast, long ticks) =>
        HalfLine.Time(onHigh, atLeast, DayAxis.Of(ticks), DayAxis.IsStart(ticks));

    private static Likely OfOnly(Region region, string code)
    {
        var (ends, days) = ("d" + code, "j" + code);
        var found = Touching(region, ends, days);
        if (region.LowFrom > DayAxis.NoStart)
        {
            found = Likely.AllOf(found, Holding(days, Before(region.LowFrom)).Not());
        }

        if (region.HighTo < DayAxis.NoEnd)
        {
            found = Likely.AllOf(found, Holding(days, Behind(region.HighTo)).Not());
        }

        return new(found.Maybe, TermQuery.AnyOf([found.Doubt, .. region.Edges.Select(e => Doubt(e, ends, days))]));
    }

    /// <summary>Dates that reach into the days from the least high end to the greatest low one.</summary>
    private static Likely Touching(Region region, string ends, string days)
    {
        var (from, to) = (Math.Max(region.HighFrom, region.LowFrom), Math.Min(region.LowTo, region.HighTo));
        if (from > to)
        {
            var both = Likely.AllOf(Holding(days, from), Holding(days, to));
            return ends[0] == 'd' ? both : both.Doubted();
        }

        var touching = Likely.Sure(DayAxis.Terms(ends, SlotSet.Between(from, to)));
        var mayHoldAll = from > DayAxis.NoStart && to < DayAxis.NoEnd && region.LowFrom < from && region.HighTo > to;
        return mayHoldAll ? Likely.AnyOf(touching, Holding(days, from)) : touching;
    }

    private static Likely Holding(string head, long day)
    {
        var surely = DayAxis.Holding(head, day, out var partly);
        return new(TermQuery.AnyOf(surely, partly), partly);
    }

    // An end lies in the day of the limit. Where lying wholly on one side of another day would do, only what holds that day too.
    private static TermQuery Doubt(Edge edge, string ends, string days)
    {
        var doubt = DayAxis.Terms(ends, SlotSet.Between(edge.Day, edge.Day));
        if (edge.UnlessFrom != Region.NoDay && edge.UnlessFrom <= edge.Day && edge.UnlessFrom > DayAxis.NoStart)
        {
            doubt = TermQuery.AllOf(doubt, Holding(days, Before(edge.UnlessFrom)).Maybe);
        }

        return edge.UnlessTo != Region.NoDay && edge.UnlessTo >= edge.Day && edge.UnlessTo < DayAxis.NoEnd
            ? TermQuery.AllOf(doubt, Holding(days, Behind(edge.UnlessTo)).Maybe)
            : doubt;
    }

    private static long Before(long day) => day > DateOnly.MaxValue.DayNumber ? DateOnly.MaxValue.DayNumber : day - 1;

    private static long Behind(long day) => day >= DateOnly.MaxValue.DayNumber ? DayAxis.NoEnd : day + 1;

    /// <summary>The limit lies within a day: what ends there is doubtful, unless it begins from, or ends by, another.</summary>
    private readonly record struct Edge(long Day, long UnlessFrom, long UnlessTo);

    /// <summary>The days, both inclusive, in which the low end may lie, and the high one.</summary>
    private sealed record Region(long LowFrom, long LowTo, long HighFrom, long HighTo, Edge[] Edges)
    {
        public const long NoDay = long.MinValue;

        public static readonly Region All = new(DayAxis.NoStart, DayAxis.NoEnd, DayAxis.NoStart, DayAxis.NoEnd, []);

        public bool IsEmpty => LowFrom > LowTo || HighFrom > HighTo || LowFrom > HighTo;

        /// <summary>More is asked than that one end be before or behind something.</summary>
        public bool NeedsBothEnds => LowFrom > DayAxis.NoStart || HighTo < DayAxis.NoEnd;

        public static Region Of(HalfLine demand, long unlessFrom, long unlessTo)
        {
            var (maybe, edge) = (demand.OfEnd.Maybe, demand.OfEnd.Maybe.Except(demand.OfEnd.Sure));
            var (low, high) = maybe.IsEmpty ? (DayAxis.NoEnd, DayAxis.NoStart)
                : (Math.Max(maybe.Intervals[0].Low, DayAxis.NoStart), Math.Min(maybe.Intervals[0].High, DayAxis.NoEnd));
            Edge[] edges = [.. edge.Intervals.Select(i => new Edge(demand.IsAtLeast ? i.Low : i.High, unlessFrom, unlessTo))];
            return demand.OnHigh
                ? All with { HighFrom = low, HighTo = high, Edges = edges }
                : All with { LowFrom = low, LowTo = high, Edges = edges };
        }

        public Region And(Region other) => new(
            Math.Max(LowFrom, other.LowFrom), Math.Min(LowTo, other.LowTo),
            Math.Max(HighFrom, other.HighFrom), Math.Min(HighTo, other.HighTo), [.. Edges.Union(other.Edges)]);

        // The low end is never behind the high one: what bounds one bounds the other.
        public bool IsWithin(Region other) =>
            LowFrom >= other.LowFrom && Math.Min(LowTo, HighTo) <= other.LowTo
            && Math.Max(HighFrom, LowFrom) >= other.HighFrom && HighTo <= other.HighTo;
    }
}
