using Kangqiao.Store.Bodies;
using Kangqiao.Store.Search;
using Kangqiao.Store.Sqlite;
using Kangqiao.Store.Sqlite.Binding;
using Kangqiao.Store.Sqlite.Reading;
using Kangqiao.Store.Tests.Contract;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Sqlite;

public sealed class QuietTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_nobody_writes_the_runs_of_the_index_become_one_and_nothing_is_lost()
    {
        await using var place = new SqlitePlace();
        await using var store = await place.Maker(TimeProvider.System).OpenAsync(Cancel).Must();
        for (var i = 0; i < 30; i++)
        {
            await store.WriteAsync(Sample.Request(Sample.Put($"a{i}", $"tobs kaaa{i}"), Sample.Put($"b{i % 7}", $"tobs kbbb{i}")), Cancel).Must();
        }

        using var database = Database.Open(SqliteStoreMaker.FileIn(place.DataFolder), isReadOnly: true, cacheKilobytes: 1_024);
        while (Runs(database) > 1)
        {
            await Task.Delay(20, Cancel);
        }

        (await store.CountAsync(TermQuery.Is("tobs"), cancel: Cancel).Must()).ShouldBe(37);
        (await store.CountAsync(TermQuery.StartsWith("kaaa"), cancel: Cancel).Must()).ShouldBe(30);
        (await store.CountAsync(TermQuery.Is("kbbb1"), cancel: Cancel).Must()).ShouldBe(0);
        (await store.CountAsync(TermQuery.Is("kbbb29"), cancel: Cancel).Must()).ShouldBe(1);
    }

    [Fact]
    public void A_body_read_before_a_purge_is_not_kept_after_it()
    {
        var cache = new BodyCache(1024 * 1024);
        var before = cache.Era;
        cache.Keep(1, 0, [1], before);
        cache.Find(1, 0).ShouldBe([1]);

        cache.Forget();
        cache.Find(1, 0).ShouldBeNull();
        cache.Keep(1, 0, [1], before);
        cache.Find(1, 0).ShouldBeNull();
        cache.Keep(1, 0, [2], cache.Era);
        cache.Find(1, 0).ShouldBe([2]);
    }

    [Fact]
    public void Bodies_used_again_stay_and_the_others_make_room()
    {
        var cache = new BodyCache(64 * 1024);
        for (var group = 1; group <= 1000; group++)
        {
            cache.Keep(group, 3, new byte[200], cache.Era);
            cache.Find(1, 3).ShouldNotBeNull();
        }

        cache.Find(2, 3).ShouldBeNull();
        cache.Find(1000, 3).ShouldNotBeNull();
        cache.Keep(5000, 0, new byte[32 * 1024], cache.Era);
        cache.Find(5000, 0).ShouldBeNull();
    }

    private static long Runs(Database database)
    {
        using var runs = database.PrepareOnce("SELECT count(DISTINCT segid) FROM term_idx");
        _ = runs.Step();
        return runs.Int64(0);
    }
}
