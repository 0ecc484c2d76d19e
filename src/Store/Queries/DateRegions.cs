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
            return Likely.Among(any.Maybe, TermQuery.AnyOf([any.Doubt, r.NeedsBothEnds ? paired : TermQuery.Nothing, .. edges]));
        })]);
    }

    private static IEnumerable<Region> Regions(DateOperand operand)
    {
        var (low, high) = (operand.Range.Low, operand.Range.High);
        if (operand.Prefix == SearchPrefix.Ge && DayAxis.IsStart(low))
        {
            return [FromOn(DayAxis.Of(low), DayAxis.Of(high), DayAxis.IsStart(high))];
        }

        if (operand.Prefix == SearchPrefix.Le && DayAxis.IsStart(high))
        {
            return [UpTo(DayAxis.Of(low), DayAxis.Of(high) - 1, DayAxis.IsStart(low))];
        }

        return HalfLines.Of(operand, AtDay).Select(demands => demands.Aggregate(Region.All, (met, d) => met.And(Region.Of(d))));
    }

    // ge: all that reach the first day asked, but for what began before it and ends within what is asked.
    private static Region FromOn(long first, long end, bool isEndStart) => Region.All with
    {
        HighFrom = first,
        Holes = end > first ? [new(first, DayAxis.Before(end), DayAxis.Before(first))] : [],
        Edges = isEndStart ? [] : [new(end, DayAxis.Before(first))],
    };

    // le: all that begin by the last day asked, but for what began within what is asked and ends behind it.
    private static Region UpTo(long start, long last, bool isStartStart)
    {
        var first = isStartStart ? start : DayAxis.Behind(start);
        return Region.All with
        {
            LowTo = last,
            Holes = first <= last ? [new(first, last, DayAxis.Behind(last))] : [],
            Edges = isStartStart ? [] : [new(start, DayAxis.Behind(last))],
        };
    }

    private static HalfLine AtDay(bool onHigh, bool atLeast, long ticks) =>
        HalfLine.Time(onHigh, atLeast, DayAxis.Of(ticks), DayAxis.IsStart(ticks));

    private static Likely OfOnly(Region region, string code)
    {
        var (ends, days) = ("d" + code, "j" + code);
        var found = Touching(region, ends, days);
        if (region.LowFrom > DayAxis.NoStart)
        {
            found = Likely.AllOf(found, Holding(days, DayAxis.Before(region.LowFrom)).Not());
        }

        if (region.HighTo < DayAxis.NoEnd)
        {
            found = Likely.AllOf(found, Holding(days, DayAxis.Behind(region.HighTo)).Not());
        }

        foreach (var hole in region.Holes)
        {
            var inside = Likely.Sure(DayAxis.Terms(ends, SlotSet.Between(hole.From, hole.To)));
            found = Likely.AllOf(found, Likely.AllOf(inside, Holding(days, hole.Beside)).Not());
        }

        return Likely.Among(found.Maybe, TermQuery.AnyOf([found.Doubt, .. region.Edges.Select(e => Doubt(e, ends, days))]));
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

    // An end lies in the day of the limit; perhaps only what holds another day too is doubtful.
    private static TermQuery Doubt(Edge edge, string ends, string days)
    {
        var doubt = DayAxis.Terms(ends, SlotSet.Between(edge.Day, edge.Day));
        return edge.Beside is { } beside ? TermQuery.AllOf(doubt, Holding(days, beside).Maybe) : doubt;
    }

    /// <summary>The limit lies within a day: what has an end there (and holds the day beside) is doubtful.</summary>
    private readonly record struct Edge(long Day, long? Beside);

    /// <summary>What has an end in these days and holds the day beside is not asked for.</summary>
    private readonly record struct Hole(long From, long To, long Beside);

    /// <summary>The days, both inclusive, in which the low end may lie, and the high one.</summary>
    private sealed record Region(long LowFrom, long LowTo, long HighFrom, long HighTo, Edge[] Edges, Hole[] Holes)
    {
        public static readonly Region All = new(DayAxis.NoStart, DayAxis.NoEnd, DayAxis.NoStart, DayAxis.NoEnd, [], []);

        public bool IsEmpty => LowFrom > LowTo || HighFrom > HighTo || LowFrom > HighTo;

        /// <summary>More is asked than that one end be before or behind something.</summary>
        public bool NeedsBothEnds => LowFrom > DayAxis.NoStart || HighTo < DayAxis.NoEnd || Holes.Length > 0;

        public static Region Of(HalfLine demand)
        {
            var (maybe, edge) = (demand.OfEnd.Maybe, demand.OfEnd.Maybe.Except(demand.OfEnd.Sure));
            var (low, high) = maybe.IsEmpty ? (DayAxis.NoEnd, DayAxis.NoStart)
                : (Math.Max(maybe.Intervals[0].Low, DayAxis.NoStart), Math.Min(maybe.Intervals[0].High, DayAxis.NoEnd));
            Edge[] edges = [.. edge.Intervals.Select(i => new Edge(demand.IsAtLeast ? i.Low : i.High, null))];
            return demand.OnHigh
                ? All with { HighFrom = low, HighTo = high, Edges = edges }
                : All with { LowFrom = low, LowTo = high, Edges = edges };
        }

        public Region And(Region other) => new(
            Math.Max(LowFrom, other.LowFrom), Math.Min(LowTo, other.LowTo),
            Math.Max(HighFrom, other.HighFrom), Math.Min(HighTo, other.HighTo), [.. Edges.Union(other.Edges)], [.. Holes.Union(other.Holes)]);

        // The low end is never behind the high one: what bounds one bounds the other.
        public bool IsWithin(Region other) =>
            other.Holes.All(Holes.Contains) && LowFrom >= other.LowFrom && Math.Min(LowTo, HighTo) <= other.LowTo
            && Math.Max(HighFrom, LowFrom) >= other.HighFrom && HighTo <= other.HighTo;
    }
}
