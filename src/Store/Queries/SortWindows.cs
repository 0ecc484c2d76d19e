using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>Windows of a line of slots from its wanted end, each to hold few enough records to be read and sorted.</summary>
internal interface IWindows
{
    /// <summary>Null when all were taken.</summary>
    SlotSet? Next();

    /// <summary>The window given last holds too many: parts of it come next.</summary>
    void Split();

    /// <param name="wereFew">The window given last held few, so that the next may be wider.</param>
    void Took(bool wereFew);
}

/// <summary>
/// Decades, and where these hold too many, years, months and days: each is one whole term. Before 1900 and from 2050 ranges
/// are halved.
/// </summary>
internal sealed class DaySpans : IWindows
{
    private readonly bool isDescending;
    private readonly SlotSet rest;
    private readonly Stack<SlotSet> waiting = new();
    private SlotSet last = SlotSet.None;

    public DaySpans(SlotSet rest, bool isDescending)
    {
        this.isDescending = isDescending;
        this.rest = rest;
        Push(DayAxis.Widest);
    }

    public SlotSet? Next()
    {
        while (waiting.TryPop(out var next))
        {
            // A span that is begun already is asked whole: what lies before the page is cut.
            if (!next.And(rest).IsEmpty)
            {
                return last = next;
            }
        }

        return null;
    }

    public void Split() => Push(DayAxis.Parts(last.Intervals[0].Low, last.Intervals[0].High));

    public void Took(bool wereFew)
    {
    }

    private void Push(IEnumerable<(long Low, long High)> spans)
    {
        foreach (var (low, high) in isDescending ? spans : spans.Reverse())
        {
            waiting.Push(SlotSet.Between(low, high));
        }
    }
}

/// <summary>Windows that grow while they hold little: for a line whose dense part lies at its end.</summary>
internal sealed class GrowingWindows(WalkAxis axis, SlotSet rest, bool isDescending) : IWindows
{
    private SlotSet rest = rest;
    private SlotSet last = SlotSet.None;
    private SlotSet? narrower;
    private long width = axis.FirstWidth;

    public SlotSet? Next() => narrower is not null ? last = narrower : rest.IsEmpty ? null : last = axis.Next(rest, width, isDescending);

    public void Split()
    {
        var (low, high) = last.Intervals[0];
        var middle = low + ((high - low) / 2);
        narrower = isDescending ? SlotSet.Between(middle + 1, high) : SlotSet.Between(low, middle);
    }

    public void Took(bool wereFew)
    {
        var (low, high) = last.Intervals[0];
        narrower = null;
        width = Math.Min(width, high - low + 1);
        rest = rest.Except(last);
        width = wereFew ? width * 2 : width;
    }
}

/// <summary>A line of slots that a sort key lies on.</summary>
/// <param name="All">Every slot there can be.</param>
/// <param name="Today">Where the dense part ends.</param>
/// <param name="FirstWidth">Slots of the first window.</param>
/// <param name="Terms">Records that lie in a window; perhaps others too.</param>
/// <param name="Has">Records that have a value; null if all have.</param>
internal sealed record WalkAxis(
    SlotSet All, long Today, long FirstWidth, Func<SortValue, long> SlotOf, Func<SlotSet, TermQuery> Terms, TermQuery? Has)
{
    /// <summary>The next window from the wanted end: the future and the far past whole, in between so many slots.</summary>
    public SlotSet Next(SlotSet rest, long width, bool isDescending)
    {
        var (low, high) = rest.Intervals[0];
        var earliest = Today - (Today / 16);
        if (isDescending)
        {
            return high > Today && low <= Today ? SlotSet.Between(Today + 1, high)
                : high <= earliest ? rest
                : SlotSet.Between(Math.Max(low, high - width + 1), high);
        }

        return low < earliest ? SlotSet.Between(low, Math.Min(high, earliest - 1))
            : high > Today && low > Today ? rest
            : SlotSet.Between(low, Math.Min(high, low + width - 1));
    }
}
