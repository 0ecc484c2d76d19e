using Kangqiao.City.Chances;

namespace Kangqiao.City.Tests;

public sealed class ChancesTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(1000)]
    [InlineData(70_000)]
    public void A_shuffle_sends_no_two_numbers_to_one_place(int size)
    {
        var shuffle = new Shuffle(5, "test", size);
        var places = Enumerable.Range(0, (int)shuffle.Size).Select(i => shuffle[i]).ToList();

        places.Distinct().Count().ShouldBe(places.Count);
        places.ShouldAllBe(p => p >= 0 && p < shuffle.Size);
    }

    [Fact]
    public void Streams_of_different_purposes_differ_and_of_the_same_agree()
    {
        Chance.Of(1, "a", 3).Next().ShouldBe(Chance.Of(1, "a", 3).Next());
        Chance.Of(1, "a", 3).Next().ShouldNotBe(Chance.Of(1, "b", 3).Next());
        Chance.Of(1, "a", 3).Next().ShouldNotBe(Chance.Of(1, "a", 4).Next());
    }

    [Fact]
    public void Expected_counts_come_about()
    {
        var chance = Chance.Of(1, "test");

        Enumerable.Range(0, 20_000).Average(_ => chance.Poisson(2.5)).ShouldBeInRange(2.4, 2.6);
        Enumerable.Range(0, 20_000).Average(_ => chance.Normal(10, 2)).ShouldBeInRange(9.9, 10.1);
        Enumerable.Range(0, 20_000).Count(_ => chance.Percent(30)).ShouldBeInRange(5_700, 6_300);
    }
}
