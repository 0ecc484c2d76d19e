using System.Text;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Fhir.Units;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>Dates, numbers and quantities: ranges of slots as prefixes of terms, with the slots at the edges doubtful.</summary>
internal sealed class RangeCompiler(TypeTerms type)
{
    private const string Ucum = "http://unitsofmeasure.org";

    /// <summary>Clauses on the same date parameter, all of which a record meets.</summary>
    public Likely Dates(int position, SearchClause[] clauses)
    {        // A record whose only date is a day: the ranges meet before they become terms.
        var days = Slots.All;
        var others = new List<Likely>();
        foreach (var clause in clauses)
        {
            var any = Slots.None;
            var parts = new List<Likely>();
            foreach (var operand in clause.Operands)
            {
                var asked = HalfLines.Of((DateOperand)operand, AtDay);
                any = any.Or(HalfLines.OfPoint(asked));
                parts.Add(OfEnds(asked, "a" + type.Codes[position], "z" + type.Codes[position], position, DayAxis.Terms));
            }

            days = days.And(any);
            others.Add(Likely.AnyOf(parts));
        }

        var head = "d" + type.Codes[position];
        var single = new Likely(DayAxis.Terms(head, days.Maybe), DayAxis.Terms(head, days.Maybe.Except(days.Sure)));
        return Likely.AnyOf(single, Likely.AllOf(others));
    }

    /// <summary>One date, as part of a composite.</summary>
    public Likely Date(int position, DateOperand operand)
    {
        var asked = HalfLines.Of(operand, AtDay);
        var days = HalfLines.OfPoint(asked);
        var head = "d" + type.Codes[position];
        var single = new Likely(DayAxis.Terms(head, days.Maybe), DayAxis.Terms(head, days.Maybe.Except(days.Sure)));
        return Likely.AnyOf(single, OfEnds(asked, "a" + type.Codes[position], "z" + type.Codes[position], position, DayAxis.Terms));
    }

    /// <summary>When the current version was stored: the store's own term.</summary>
    public static Likely LastUpdated(SearchClause[] clauses)
    {
        var minutes = Slots.All;
        foreach (var clause in clauses)
        {
            var any = Slots.None;
            foreach (var operand in clause.Operands)
            {
                any = any.Or(HalfLines.OfPoint(HalfLines.Of((DateOperand)operand, AtMinute)));
            }

            minutes = minutes.And(any);
        }

        return new(MinuteAxis.Terms(minutes.Maybe), MinuteAxis.Terms(minutes.Maybe.Except(minutes.Sure)));
    }

    public Likely Number(int position, NumberOperand operand) => Numbers(position, "", Asked(operand));

    public Likely Quantity(int position, QuantityOperand operand)
    {
        if (operand.Unit is not { } unit)
        {
            return Numbers(position, "", Asked(operand.Number));
        }

        var plain = Numbers(position, Scope('u', unit), Asked(operand.Number));
        if (operand.System is null)
        {
            return plain;
        }

        // Same unit, whatever its system; and where both are UCUM, the same in base units.
        if (operand.System != Ucum || Canonical(operand.Number, unit) is not { } canonical)
        {
            return plain.Doubted();
        }

        var converted = Numbers(position, Scope('c', canonical.Unit), canonical.Asked);

        // A tenth of 37 Cel is not a tenth of 310 K: "about" is the unit's own affair.
        return operand.Number.Prefix == SearchPrefix.Ap ? Likely.AnyOf(plain, converted).Doubted() : converted;
    }

    private static HalfLine AtDay(bool onHigh, bool atLeast, long ticks) =>
        HalfLine.Time(onHigh, atLeast, DayAxis.Of(ticks), DayAxis.IsStart(ticks));

    private static HalfLine AtMinute(bool onHigh, bool atLeast, long ticks) =>
        HalfLine.Time(onHigh, atLeast, MinuteAxis.Of(ticks), MinuteAxis.IsStart(ticks));

    private static string Scope(char kind, string unit) =>
        kind + TermHash.Of((byte)'q', Encoding.UTF8.GetBytes(unit)).Text(TermWriter.UnitLetters);

    private static HalfLine[][] Asked(NumberOperand operand)
    {
        var tenth = Math.Abs(operand.Value) / 10;
        return HalfLines.Of(
            operand, At(operand.Value), At(operand.Low), At(operand.High), At(operand.Value - tenth), At(operand.Value + tenth));
    }

    private static HalfLines.AtNumber At(decimal number)
    {
        var slot = NumberAxis.Of(number);
        return (onHigh, atLeast, isInclusive) => HalfLine.Number(onHigh, atLeast, isInclusive, slot, isClose: false);
    }

    private static HalfLines.AtNumber Near(double number)
    {
        var slot = NumberAxis.Of(number);
        return (onHigh, atLeast, isInclusive) => HalfLine.Number(onHigh, atLeast, isInclusive, slot, isClose: true);
    }

    private static (HalfLine[][] Asked, string Unit)? Canonical(NumberOperand operand, string unit)
    {
        var code = Encoding.UTF8.GetBytes(unit);
        if (!Fhir.Units.Ucum.TryCanonical(operand.Value, code, out var value)
            || !Fhir.Units.Ucum.TryCanonical(operand.Low, code, out var low)
            || !Fhir.Units.Ucum.TryCanonical(operand.High, code, out var high))
        {
            return null;
        }

        var tenth = Math.Abs(value.Value) / 10;
        var asked = HalfLines.Of(
            operand, Near(value.Value), Near(low.Value), Near(high.Value), Near(value.Value - tenth), Near(value.Value + tenth));
        return (asked, value.Unit);
    }

    private Likely Numbers(int position, string scope, HalfLine[][] asked)
    {
        var tail = type.Codes[position] + scope;
        var slots = HalfLines.OfPoint(asked);
        var point = new Likely(
            NumberAxis.Terms("q" + tail, slots.Maybe), NumberAxis.Terms("q" + tail, slots.Maybe.Except(slots.Sure)));
        return Likely.AnyOf(point, OfEnds(asked, "e" + tail, "f" + tail, position, NumberAxis.Terms));
    }

    /// <summary>Values kept by their two ends. With several of them, which low end goes with which high end has to be looked at.</summary>
    private Likely OfEnds(HalfLine[][] asked, string low, string high, int position, Func<string, SlotSet, TermQuery> terms)
    {
        var any = new List<Likely>();
        foreach (var demands in asked)
        {
            // The low end is never behind the high one: what bounds one bounds the other, and short ranges are few prefixes.
            var within = demands.Aggregate(SlotSet.All, (w, d) => d.BoundsBoth ? w.And(d.OfEnd.Maybe) : w);
            var all = Likely.AllOf([.. demands.Select(d =>
            {
                var head = d.OnHigh ? high : low;
                var maybe = d.OfEnd.Maybe.And(within);
                return new Likely(terms(head, maybe), terms(head, maybe.Except(d.OfEnd.Sure)));
            })]);
            any.Add(demands.Length == 1 || type.IsSingle[position]
                ? all
                : new(all.Maybe, TermQuery.AnyOf(all.Doubt, TermQuery.AllOf(all.Maybe, TermQuery.Is("m" + type.Codes[position])))));
        }

        return Likely.AnyOf(any);
    }
}
