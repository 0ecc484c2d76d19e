using System.Text;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Fhir.Units;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>Dates, numbers and quantities: ranges of slots as terms, with the slots at the edges doubtful.</summary>
internal sealed class RangeCompiler(TypeTerms type)
{
    private const string Ucum = "http://unitsofmeasure.org";

    /// <summary>Clauses on the same date parameter, all of which a record meets.</summary>
    public Likely Dates(int position, SearchClause[] clauses)
    {
        var code = type.Codes[position];
        List<DateRegions> each = [.. clauses.Select(c => DateRegions.Of(c.Operands.Cast<DateOperand>()))];

        // A record's only date meets all of them by itself: the ranges meet before they become terms.
        var single = each.Aggregate(1L, (n, r) => Math.Min(n * r.Count, int.MaxValue)) <= DateRegions.Most
            ? each.Aggregate(DateRegions.All, (met, one) => met.And(one)).OfOnly(code)
            : Likely.AllOf([.. each.Select(r => r.OfOnly(code))]);
        return type.IsSingle[position] ? single : Likely.AnyOf(single, Likely.AllOf([.. each.Select(r => r.OfSeveral(code))]));
    }

    /// <summary>One date, as part of a composite.</summary>
    public Likely Date(int position, DateOperand operand)
    {
        var regions = DateRegions.Of([operand]);
        var code = type.Codes[position];
        return type.IsSingle[position] ? regions.OfOnly(code) : Likely.AnyOf(regions.OfOnly(code), regions.OfSeveral(code));
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
        if (operand.System is not { Length: > 0 })
        {
            return Likely.AnyOf(plain, Numbers(position, Scope('v', unit), Asked(operand.Number)));
        }

        // Same unit, whatever its system; and where both are UCUM, the same in base units.
        if (operand.System != Ucum || Canonical(operand.Number, unit) is not { } canonical)
        {
            return plain.Doubted();
        }

        var scope = Scope('u', unit);
        var equal = type.IsSingle[position] && Equal(operand.Number) is { } slot
            ? TermQuery.AllOf(
                NumberAxis.Terms("q" + type.Codes[position] + scope, slot, hasSpans: false),
                TermQuery.Without(TermQuery.Is("e" + type.Codes[position] + scope)))
            : TermQuery.Nothing;
        var converted = Decided(Numbers(position, Scope('c', canonical.Unit), canonical.Asked), equal, operand.Number);

        // A tenth of 37 Cel is not a tenth of 310 K: "about" is the unit's own affair.
        return operand.Number.Prefix == SearchPrefix.Ap ? Likely.AnyOf(plain, converted).Doubted() : converted;
    }

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

    /// <summary>A code with a quantity, kept together. Null where units cannot be compared in base units.</summary>
    public Likely? Pair(int position, byte[] system, byte[] code, QuantityOperand quantity)
    {
        if (quantity is not { System: Ucum, Unit: { } unit, Number.Prefix: not SearchPrefix.Ap }
            || Canonical(quantity.Number, unit) is not { } canonical)
        {
            return null;
        }

        var head = "w" + type.Codes[position];
        var tail = TermWriter.Pair((byte)'c', system, code, Encoding.UTF8.GetBytes(canonical.Unit)).Text();
        var slots = HalfLines.OfPoint(canonical.Asked);
        var found = new Likely(
            NumberAxis.Terms(head + tail, slots.Maybe, hasSpans: true),
            NumberAxis.Terms(head + tail, slots.Maybe.Except(slots.Sure), hasSpans: true));
        var equal = Equal(quantity.Number) is { } slot
            ? NumberAxis.Terms(head + TermWriter.Pair((byte)'u', system, code, Encoding.UTF8.GetBytes(unit)).Text(), slot, hasSpans: false)
            : TermQuery.Nothing;
        return Decided(found, equal, quantity.Number);
    }

    /// <summary>
    /// The slot of the number asked, where it is one number and the question is on which side of it others lie: a record with
    /// that number in that unit is decided, though in base units it lies in the slot at the edge.
    /// </summary>
    private static SlotSet? Equal(NumberOperand number) =>
        NumberAxis.Of(number.Value) is var slot && NumberAxis.IsExact(slot)
            && number.Prefix is SearchPrefix.Gt or SearchPrefix.Lt or SearchPrefix.Ge or SearchPrefix.Le or SearchPrefix.Sa or SearchPrefix.Eb
            ? SlotSet.Between(slot, slot)
            : null;

    private static Likely Decided(Likely found, TermQuery equal, NumberOperand number)
    {
        if (equal is TermQuery.NoRecord || found.Doubt is TermQuery.NoRecord)
        {
            return found;
        }

        var doubt = TermQuery.AllOf(found.Doubt, TermQuery.Without(equal));
        return number.Prefix is SearchPrefix.Ge or SearchPrefix.Le
            ? new(found.Maybe, doubt)
            : new(TermQuery.AllOf(found.Maybe, TermQuery.Without(equal)), doubt);
    }

    private Likely Numbers(int position, string scope, HalfLine[][] asked)
    {
        var tail = type.Codes[position] + scope;
        var hasSpans = scope.Length > 0;
        var points = HalfLines.OfPoint(asked);

        // Of an interval both ends are kept, and a mark. That one end lies beyond a limit the terms decide; what is asked of
        // both ends is looked at.
        var ends = Slots.None;
        var mustLook = false;
        var mayHold = false;
        foreach (var demands in asked)
        {
            var all = demands.Aggregate(Slots.All, (met, d) => met.And(d.OfEnd));
            ends = ends.Or(all);
            mustLook |= demands.Length > 1 || !demands[0].IsMetByAnyEnd;
            mayHold |= demands.Length > 1 && Array.TrueForAll(demands, d => d.IsMetByAnyEnd);
        }

        var marked = TermQuery.Is("e" + tail);
        var further = TermQuery.AllOf(marked, NumberAxis.Terms("q" + tail, ends.Maybe.Except(points.Maybe), hasSpans));
        var maybe = TermQuery.AnyOf(NumberAxis.Terms("q" + tail, points.Maybe, hasSpans), mayHold ? marked : further);
        var doubt = TermQuery.AnyOf(
            NumberAxis.Terms("q" + tail, points.Maybe.Except(points.Sure), hasSpans),
            mustLook ? TermQuery.AllOf(marked, maybe) : TermQuery.AllOf(marked, NumberAxis.Terms("q" + tail, ends.Maybe.Except(ends.Sure), hasSpans)));
        return new(maybe, doubt);
    }
}
