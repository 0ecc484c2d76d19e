using System.Text;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Tests.Terms;

/// <summary>A maker that keeps hashes of whole terms must never be asked for what begins like one.</summary>
public sealed class WholeTermsTests
{
    [Fact]
    public void What_a_range_asks_by_beginnings_is_never_a_whole_term()
    {
        var random = new Random(20261122);
        var beginnings = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 2_000; round++)
        {
            Gather(NumberAxis.Terms("qabcuhhhhhhh", Slots(NumberAxis.NoLow, NumberAxis.NoHigh), hasSpans: true));
            Gather(NumberAxis.Terms("wabchhhhhhhhhhhh", Slots(NumberAxis.NoLow, NumberAxis.NoHigh), hasSpans: true));
            Gather(NumberAxis.Terms("qabc", Slots(NumberAxis.NoLow, NumberAxis.NoHigh), hasSpans: false));
            Gather(DayAxis.Terms("dabc", Slots(0, 1_500_000)));
            Gather(DayAxis.Terms("aabc", Slots(0, 1_500_000)));
        }

        beginnings.ShouldNotBeEmpty();
        beginnings.ShouldAllBe(beginning => WholeTerms.With(beginning) == null);
        for (var round = 0; round < 20_000; round++)
        {
            foreach (var term in Written(random))
            {
                var isAskedByBeginning = Enumerable.Range(1, term.Length).Any(length => beginnings.Contains(term[..length]));
                (isAskedByBeginning && WholeTerms.IsOne(term)).ShouldBeFalse(term);
                WholeTerms.IsOne(Encoding.UTF8.GetBytes(term)).ShouldBe(WholeTerms.IsOne(term));
            }
        }

        void Gather(TermQuery query)
        {
            switch (query)
            {
                case TermQuery.Prefix prefix:
                    beginnings.Add(prefix.Text);
                    break;
                case TermQuery.Or or:
                    foreach (var part in or.Parts)
                    {
                        Gather(part);
                    }

                    break;
            }
        }

        SlotSet Slots(long least, long most)
        {
            var (one, other) = (Slot(random, least, most), Slot(random, least, most));
            return random.Next(4) switch
            {
                0 => SlotSet.Between(least, Math.Max(one, other)),
                1 => SlotSet.Between(Math.Min(one, other), most),
                _ => SlotSet.Between(Math.Min(one, other), Math.Max(one, other)),
            };
        }
    }

    [Fact]
    public void Dates_and_measured_values_of_everyday_are_whole()
    {
        string[] whole = ["tPatient", "kabc0123456789ab", "dabc20260305", "dabc2026", "dabc202", "qabcuhhhhhhhpc00110", "qabcvhhhhhhhpc00110", "wabchhhhhhhhhhhhpc0011", "jabc2026"];
        whole.ShouldAllBe(term => WholeTerms.IsOne(term));
        string[] others = ["l202603050815", "sabc张", "g张", "dabc018991231", "qabcpc0011", "qabcuhhhhhhhna01", "xi1234"];
        others.ShouldAllBe(term => !WholeTerms.IsOne(term));
    }

    [Fact]
    public void A_reference_to_an_id_of_any_type_is_asked_as_all_its_types_and_a_token_never_by_its_beginning()
    {
        var all = WholeTerms.With("rabc0123456789ab").ShouldNotBeNull();
        all.Count.ShouldBeGreaterThan(140);
        all.ShouldAllBe(term => WholeTerms.IsOne(term));
        Should.Throw<ArgumentException>(() => WholeTerms.With("kabc"));
    }

    private static IEnumerable<string> Written(Random random)
    {
        Span<byte> key = stackalloc byte[32];
        var found = new List<string>();
        var slot = Slot(random, NumberAxis.NoLow, NumberAxis.NoHigh);
        var number = Encoding.ASCII.GetString(key[..NumberAxis.WriteKey(slot, key)]);
        found.Add("qabc" + number);
        for (var span = 0; span <= NumberAxis.SpansOf(slot); span++)
        {
            var part = span == NumberAxis.SpansOf(slot) ? number : number[..NumberAxis.LengthOfSpan(span)];
            found.Add("qabcuhhhhhhh" + part);
            found.Add("wabchhhhhhhhhhhh" + part);
        }

        var day = Slot(random, 0, DateOnly.MaxValue.DayNumber);
        for (var span = 0; span < DayAxis.SpansOf(day); span++)
        {
            var text = Encoding.ASCII.GetString(key[..DayAxis.WriteSpan(day, span, key)]);
            found.Add("dabc" + text);
            found.Add("aabc" + text);
        }

        return found;
    }

    // Half of them where most numbers and days are.
    private static long Slot(Random random, long least, long most) =>
        random.Next(2) == 0 ? random.NextInt64(least, most + 1)
        : most > 10_000_000 ? random.Next(-1, 2) * NumberAxis.Of((decimal)random.Next(1, 200_000) / 100)
        : random.NextInt64(690_000, 750_000);
}
