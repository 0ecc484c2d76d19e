using System.Security.Cryptography;

namespace Kangqiao.City.Tests;

public sealed class CityGeneratorTests
{
    [Fact]
    public async Task The_same_ask_gives_the_same_bytes_on_one_thread_and_on_four()
    {
        var one = await Cities.Build(300, 7, 1);
        var four = await Cities.Build(300, 7, 4);

        Fingerprints(four).ShouldBe(Fingerprints(one));
    }

    [Fact]
    public async Task Another_seed_is_another_city()
    {
        var one = await Cities.Of(200, 1);
        var other = await Cities.Of(200, 2);

        other.Truth("persons").Select(p => p[1]).ShouldNotBe(one.Truth("persons").Select(p => p[1]));
    }

    [Fact]
    public async Task A_city_has_exactly_the_residents_asked_for_and_each_is_told_once()
    {
        var persons = (await Cities.Of(200, 1)).Truth("persons");

        persons.Length.ShouldBe(200);
        persons.Select(p => p[0]).Distinct(StringComparer.Ordinal).Count().ShouldBe(200);
    }

    [Fact]
    public async Task The_first_residents_of_a_larger_city_are_named_like_those_of_a_smaller_one()
    {
        var small = (await Cities.Of(200, 1)).Truth("persons").Take(150).Select(p => p[1]);
        var large = (await Cities.Of(300, 1)).Truth("persons").Take(150).Select(p => p[1]);

        large.ShouldBe(small);
    }

    [Fact]
    public async Task A_city_of_nobody_is_refused()
    {
        var built = await CityGenerator.RunAsync(new(0, 1, Cities.AsOf), Cities.ContentFolder, new CountingSink(), 1, cancel: TestContext.Current.CancellationToken);

        built.Problem!.Code.ShouldBe("CTY003");
    }

    [Fact]
    public async Task A_folder_without_tables_is_named()
    {
        var built = await CityGenerator.RunAsync(new(10, 1, Cities.AsOf), Path.GetTempPath(), new CountingSink(), 1, cancel: TestContext.Current.CancellationToken);

        built.Problem!.Code.ShouldBe("CTY002");
    }

    private static List<string> Fingerprints(MemorySink sink) =>
        [.. sink.Paths.Order(StringComparer.Ordinal).Select(p => p + " " + Convert.ToHexString(SHA256.HashData(sink[p].Span)))];
}
