using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Tests.Terms;

public sealed class AxisTests
{
    private static readonly long FirstNear = new DateOnly(1900, 1, 1).DayNumber;
    private static readonly long LastNear = new DateOnly(2049, 12, 31).DayNumber;
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void The_terms_of_a_range_of_days_cover_the_range_and_nothing_else()
    {
        var day = Gen.OneOf(
            Gen.Choose(0, 3_652_058).Select(d => (long)d),
            Gen.Choose(737_000, 740_000).Select(d => (long)d),
            Gen.Elements(DayAxis.NoStart, DayAxis.NoEnd, 0L, 3_652_058L));
        Check.One(Many, Prop.ForAll(Arb.From(Gen.Two(day)), Arb.From(day), (ends, probe) =>
        {
            var (low, high) = (Math.Min(ends.Item1, ends.Item2), Math.Max(ends.Item1, ends.Item2));
            var query = DayAxis.Terms("d", SlotSet.Between(low, high));
            foreach (var at in (long[])[probe, low, high, Step(low, -1), Step(high, 1)])
            {
                Spans(at).Any(s => Finds(query, "d" + s)).ShouldBe(at >= low && at <= high, $"{at} in {low}..{high}");
            }
        }));
    }

    [Fact]
    public void A_period_holds_the_days_between_its_ends_and_no_other()
    {
        var day = Gen.OneOf(
            Gen.Choose(0, 3_652_058).Select(d => (long)d),
            Gen.Choose(737_000, 740_000).Select(d => (long)d),
            Gen.Elements(DayAxis.NoStart, DayAxis.NoEnd, FirstNear, FirstNear - 1, LastNear, LastNear + 1));
        Check.One(Many, Prop.ForAll(Arb.From(Gen.Two(day)), Arb.From(day), (ends, probe) =>
        {
            var (low, high) = (Math.Min(ends.Item1, ends.Item2), Math.Max(ends.Item1, ends.Item2));
            string[] written = [.. DayAxis.Cover(low, high).Select(s => "j" + s)];
            foreach (var at in (long[])[probe, low, high, Step(low, -1), Step(high, 1)])
            {
                var surely = DayAxis.Holding("j", at, out var partly);
                var isHeld = at >= low && at <= high;
                if (!written.Any(w => Finds(partly, w)))
                {
                    written.Any(w => Finds(surely, w)).ShouldBe(isHeld, $"{at} in {low}..{high}");
                }
                else
                {
                    (at < FirstNear || at > LastNear).ShouldBeTrue($"{at} is near and must be decided");
                }
            }
        }));
    }

    [Fact]
    public void The_prefixes_of_a_range_of_minutes_cover_the_range_and_nothing_else()
    {
        var start = new DateTime(2026, 1, 1).Ticks / TimeSpan.TicksPerMinute;
        var minute = Gen.OneOf(
            Gen.Choose(-100_000, 800_000).Select(m => start + m),
            Gen.Choose(-2000, 2000).Select(h => start + (h * 60L)),
            Gen.Choose(-400, 400).Select(d => start + (d * 1440L)));
        Check.One(Many, Prop.ForAll(Arb.From(Gen.Two(minute)), Arb.From(minute), (ends, probe) =>
        {
            var (low, high) = (Math.Min(ends.Item1, ends.Item2), Math.Max(ends.Item1, ends.Item2));
            var query = MinuteAxis.Terms(SlotSet.Between(low, high));
            foreach (var at in (long[])[probe, low, high, low - 1, high + 1])
            {
                var stamp = new DateTime(at * TimeSpan.TicksPerMinute).ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
                Finds(query, "l" + stamp).ShouldBe(at >= low && at <= high, stamp);
            }
        }));
    }

    [Fact]
    public void The_terms_of_a_range_of_numbers_cover_the_range_and_nothing_else()
    {
        CoverNumbers(hasSpans: false, at => [Key(at, NumberAxis.WriteKey)]);
        CoverNumbers(hasSpans: true, at => SpansOfNumber(at));
    }

    private static void CoverNumbers(bool hasSpans, Func<long, string[]> written)
    {
        Check.One(Many, Prop.ForAll(Arb.From(Gen.Two(Numbers)), Arb.From(Numbers), (ends, probe) =>
        {
            var (low, high) = (NumberAxis.Of(Math.Min(ends.Item1, ends.Item2)), NumberAxis.Of(Math.Max(ends.Item1, ends.Item2)));
            var query = NumberAxis.Terms("q", SlotSet.Between(low, high), hasSpans);
            var upwards = NumberAxis.Terms("q", SlotSet.From(low), hasSpans);
            var downwards = NumberAxis.Terms("q", SlotSet.UpTo(high), hasSpans);
            foreach (var at in (long[])[NumberAxis.Of(probe), low, high, NumberAxis.NoLow, NumberAxis.NoHigh])
            {
                string[] terms = [.. written(at).Select(t => "q" + t)];
                terms.Any(t => Finds(query, t)).ShouldBe(at >= low && at <= high, $"{terms[^1]} in {low}..{high}");
                terms.Any(t => Finds(upwards, t)).ShouldBe(at >= low, $"{terms[^1]} from {low}");
                terms.Any(t => Finds(downwards, t)).ShouldBe(at <= high, $"{terms[^1]} up to {high}");
            }
        }));
    }

    [Fact]
    public void Slots_keep_the_order_of_numbers_and_only_equal_ones_share_an_exact_slot()
    {
        Check.One(Many, Prop.ForAll(Arb.From(Gen.Two(Numbers)), pair =>
        {
            var (left, right) = pair;
            var (leftSlot, rightSlot) = (NumberAxis.Of(left), NumberAxis.Of(right));
            (left < right ? leftSlot <= rightSlot : left > right ? leftSlot >= rightSlot : leftSlot == rightSlot).ShouldBeTrue();
            (leftSlot == rightSlot && NumberAxis.IsExact(leftSlot) && left != right).ShouldBeFalse();
        }));
    }

    [Fact]
    public void A_converted_number_has_the_slot_of_the_decimal_it_means()
    {
        Check.One(Many, Prop.ForAll(Arb.From(Numbers), number =>
        {
            // Twelve digits are what a conversion keeps.
            var rounded = decimal.Parse(number.ToString("E11", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);
            NumberAxis.Of((double)rounded).ShouldBe(NumberAxis.Of(rounded));
        }));
    }

    [Theory]
    [InlineData(5.4, "pc", 05400, "")]
    [InlineData(-5.4, "nc", 05400, "")]
    [InlineData(120, "pc", 21200, "")]
    [InlineData(0.05, "pb", 45000, "")]
    [InlineData(27.845, "pc", 12784, "x")]
    [InlineData(1e12, "pd", 21000, "")]
    [InlineData(1e-9, "pa", 4911000, "")]
    public void A_number_is_kept_as_sign_size_power_and_four_digits(double number, string head, int digits, string more) =>
        Key(NumberAxis.Of((decimal)number), NumberAxis.WriteKey)
            .ShouldBe(head + Convert.ToString(digits, 2).PadLeft(head[1] == 'a' ? 24 : 17, '0') + more);

    [Fact]
    public void A_day_is_the_day_in_China()
    {
        // 20:00 UTC on 4 March is the morning of the fifth.
        var slot = DayAxis.Of(new DateTime(2026, 3, 4, 20, 0, 0).Ticks);
        Key(slot, DayAxis.WriteKey).ShouldBe("20260305");
        DayAxis.IsStart(DayAxis.Start(slot)).ShouldBeTrue();
        DayAxis.Of(DayAxis.Start(slot)).ShouldBe(slot);
    }

    private static Gen<decimal> Numbers { get; } = Gen.OneOf(
        Gen.Choose(-2000, 2000).Select(n => (decimal)n),
        Gen.Choose(-200_000, 200_000).Select(n => n / 100m),
        Gen.Choose(int.MinValue, int.MaxValue).Select(n => n / 100_000m),
        from n in Gen.Choose(-999_999, 999_999) from e in Gen.Choose(0, 20) select n * (decimal)Math.Pow(10, e - 12));

    private static long Step(long day, int by) =>
        day + by is < DayAxis.NoStart ? DayAxis.NoStart
        : day + by > 3_652_058 ? (by > 0 ? DayAxis.NoEnd : 3_652_058)
        : day + by;

    private delegate int WriteKey(long slot, Span<byte> into);

    private static string Key(long slot, WriteKey write)
    {
        Span<byte> into = stackalloc byte[32];
        return Encoding.ASCII.GetString(into[..write(slot, into)]);
    }

    private static IEnumerable<string> Spans(long day)
    {
        var into = new byte[DayAxis.LongestKey];
        for (var span = 0; span < DayAxis.SpansOf(day); span++)
        {
            yield return Encoding.ASCII.GetString(into[..DayAxis.WriteSpan(day, span, into)]);
        }
    }

    private static string[] SpansOfNumber(long slot)
    {
        var key = Key(slot, NumberAxis.WriteKey);
        return [.. Enumerable.Range(0, NumberAxis.SpansOf(slot)).Select(s => key[..NumberAxis.LengthOfSpan(s)]), key];
    }

    private static bool Finds(TermQuery query, string term) => query switch
    {
        TermQuery.Term exact => exact.Text == term,
        TermQuery.Prefix prefix => term.StartsWith(prefix.Text, StringComparison.Ordinal),
        TermQuery.Or or => or.Parts.Any(p => Finds(p, term)),
        TermQuery.AllRecords => true,
        _ => false,
    };
}
