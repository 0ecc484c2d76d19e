using Kangqiao.Bench.Load.Measured;

namespace Kangqiao.Bench.Tests.Load;

public sealed class LatenciesTests
{
    [Fact]
    public void Without_answers_every_percentile_is_zero() => new Latencies().Microseconds(990).ShouldBe(0);

    [Fact]
    public void One_answer_is_every_percentile()
    {
        var latencies = Of(12_345);

        latencies.Microseconds(1).ShouldBe(12_345);
        latencies.Microseconds(500).ShouldBe(12_345);
        latencies.Microseconds(1000).ShouldBe(12_345);
    }

    [Fact]
    public void A_percentile_is_the_smallest_value_that_so_many_answers_do_not_exceed()
    {
        var latencies = Of([.. Enumerable.Range(1, 60).Select(v => (long)v)]);

        latencies.Microseconds(500).ShouldBe(30);
        latencies.Microseconds(501).ShouldBe(31);
        latencies.Microseconds(950).ShouldBe(57);
        latencies.Microseconds(990).ShouldBe(60);
    }

    [Fact]
    public void Long_values_are_at_most_a_sixty_fourth_too_high_and_never_too_low()
    {
        foreach (var value in (long[])[63, 64, 65, 127, 128, 1000, 99_999, 1_000_000, 123_456_789, 40_000_000_000])
        {
            // A second, longer answer, so that the longest does not stand in for the value.
            Of(value, value * 2).Microseconds(500).ShouldBeInRange(value, value + (value / 64) + 1);
        }
    }

    [Fact]
    public void One_slow_answer_in_a_hundred_is_the_maximum_but_not_yet_the_99th_percentile()
    {
        var latencies = Of([.. Enumerable.Repeat(10L, 99), 1_000_000]);

        latencies.Microseconds(990).ShouldBe(10);
        latencies.Microseconds(991).ShouldBe(1_000_000);
        latencies.MaxMicroseconds.ShouldBe(1_000_000);
    }

    [Fact]
    public void Clients_added_up_are_as_one_client_that_saw_it_all()
    {
        var (left, right, all) = (Of(1, 2, 3), Of(400, 50_000), Of(1, 2, 3, 400, 50_000));
        left.Add(right);

        left.Count.ShouldBe(5);
        foreach (var perMille in (int[])[1, 200, 500, 800, 1000])
        {
            left.Microseconds(perMille).ShouldBe(all.Microseconds(perMille));
        }
    }

    private static Latencies Of(params long[] values)
    {
        var latencies = new Latencies();
        Array.ForEach(values, latencies.Add);
        return latencies;
    }
}
