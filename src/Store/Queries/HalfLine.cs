using Kangqiao.Fhir.Search.Query;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>Which slots an end of a value may lie in, and in which it surely satisfies what is asked.</summary>
internal readonly record struct Slots(SlotSet Maybe, SlotSet Sure)
{
    public static Slots All { get; } = new(SlotSet.All, SlotSet.All);

    public static Slots None { get; } = new(SlotSet.None, SlotSet.None);

    public Slots And(Slots other) => new(Maybe.And(other.Maybe), Sure.And(other.Sure));

    public Slots Or(Slots other) => new(Maybe.Or(other.Maybe), Sure.Or(other.Sure));
}

/// <summary>
/// One demand on a value that reaches from a low to a high end: that one end lie at or above, or below, something. What a
/// prefix means (R4 search.html#prefix) is an "or" of "ands" of these.
/// </summary>
/// <param name="OnHigh">On the high end; else on the low one.</param>
/// <param name="IsAtLeast">At or above; else below.</param>
/// <param name="OfPoint">The slots for a value that is a single point (a day, a number).</param>
/// <param name="OfEnd">The slots for one end of an interval.</param>
internal readonly record struct HalfLine(bool OnHigh, bool IsAtLeast, Slots OfPoint, Slots OfEnd)
{
    /// <summary>The high end at or above, or the low end below: true as soon as any end is there.</summary>
    public bool IsMetByAnyEnd => IsAtLeast == OnHigh;

    /// <summary>Ticks against days or minutes. A value that reaches into a slot is before its end.</summary>
    /// <param name="atLeast">Low ≥ ticks or high &gt; ticks; else low &lt; ticks or high ≤ ticks.</param>
    public static HalfLine Time(bool onHigh, bool atLeast, long slot, bool isStart)
    {
        var slots = atLeast
            ? new Slots(SlotSet.From(slot), SlotSet.From(isStart ? slot : slot + 1))
            : new Slots(SlotSet.UpTo(isStart ? slot - 1 : slot), SlotSet.UpTo(slot - 1));
        return new(onHigh, atLeast, slots, slots);
    }

    /// <summary>A number against slots of numbers.</summary>
    /// <param name="isInclusive">The number itself satisfies.</param>
    /// <param name="isClose">Numbers next to it may count as equal: units were converted.</param>
    public static HalfLine Number(bool onHigh, bool atLeast, bool isInclusive, long slot, bool isClose)
    {
        var around = isClose ? 1 : 0;
        var maybe = atLeast ? SlotSet.From(slot - around) : SlotSet.UpTo(slot + around);
        var sure = atLeast ? SlotSet.From(slot + around + 1) : SlotSet.UpTo(slot - around - 1);
        var end = new Slots(maybe, sure);
        if (!NumberAxis.IsExact(slot))
        {
            return new(onHigh, atLeast, end, end);
        }

        // A slot that is one number is decided: it is the number asked.
        var self = SlotSet.Between(slot, slot);
        var point = isInclusive ? new Slots(maybe, sure.Or(self)) : new Slots(maybe.Except(self), sure);
        return new(onHigh, atLeast, point, end);
    }
}

/// <summary>What an operand asks of a value, as an "or" of "ands".</summary>
internal static class HalfLines
{
    public delegate HalfLine AtTime(bool onHigh, bool atLeast, long ticks);

    public delegate HalfLine AtNumber(bool onHigh, bool atLeast, bool isInclusive);

    /// <summary>As <see cref="DateOperand"/> decides.</summary>
    public static HalfLine[][] Of(DateOperand operand, AtTime at)
    {
        var (low, high) = (operand.Range.Low, operand.Range.High);
        HalfLine[] contained = [at(false, true, low), at(true, false, high)];
        return operand.Prefix switch
        {
            SearchPrefix.Eq => [contained],
            SearchPrefix.Ne => [[at(false, false, low)], [at(true, true, high)]],
            SearchPrefix.Gt => [[at(true, true, high)]],
            SearchPrefix.Lt => [[at(false, false, low)]],
            SearchPrefix.Ge => [[at(true, true, high)], contained],
            SearchPrefix.Le => [[at(false, false, low)], contained],
            SearchPrefix.Sa => [[at(false, true, high)]],
            SearchPrefix.Eb => [[at(true, false, low)]],
            _ => [[at(false, false, operand.Near.High), at(true, true, operand.Near.Low)]],
        };
    }

    /// <summary>As <see cref="NumberOperand"/> decides.</summary>
    /// <param name="value">Against the number asked.</param>
    /// <param name="low">Against the lowest number it may stand for.</param>
    /// <param name="high">Against the highest.</param>
    /// <param name="below">Against a tenth less.</param>
    /// <param name="above">Against a tenth more.</param>
    public static HalfLine[][] Of(NumberOperand operand, AtNumber value, AtNumber low, AtNumber high, AtNumber below, AtNumber above)
    {
        var isPoint = operand.Low == operand.High;
        return operand.Prefix switch
        {
            SearchPrefix.Eq => [[low(false, true, true), high(true, false, isPoint)]],
            SearchPrefix.Ne => [[low(false, false, false)], [high(true, true, !isPoint)]],
            SearchPrefix.Gt => [[value(true, true, false)]],
            SearchPrefix.Lt => [[value(false, false, false)]],
            SearchPrefix.Ge => [[value(true, true, true)]],
            SearchPrefix.Le => [[value(false, false, true)]],
            SearchPrefix.Sa => [[value(false, true, false)]],
            SearchPrefix.Eb => [[value(true, false, false)]],
            _ => [[above(false, false, true), below(true, true, true)]],
        };
    }

    /// <summary>Slots of a value that is a point.</summary>
    public static Slots OfPoint(HalfLine[][] asked)
    {
        var any = Slots.None;
        foreach (var demands in asked)
        {
            var all = Slots.All;
            foreach (var demand in demands)
            {
                all = all.And(demand.OfPoint);
            }

            any = any.Or(all);
        }

        return any;
    }
}
