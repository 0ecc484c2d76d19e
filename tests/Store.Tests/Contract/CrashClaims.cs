using Kangqiao.Store.Search;

namespace Kangqiao.Store.Tests.Contract;

/// <summary>What must hold after a kill, whoever was killed. The rounds are those of CrashWriter.</summary>
internal static class CrashClaims
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task CheckAsync(IRecordStore store, int writer, long acknowledged)
    {
        var counter = await store.ReadAsync(Sample.Key($"counter-{writer}"), Cancel).Must();
        var last = counter?.Version ?? 0;
        last.ShouldBeGreaterThanOrEqualTo(acknowledged);

        // Every round up to the last is there whole, deletions too; no round behind it has left anything.
        for (var round = Math.Max(1, last - 50); round <= last + 1; round++)
        {
            var pair = await store.ReadAsync([Sample.Key($"left-{writer}-{round}"), Sample.Key($"right-{writer}-{round}")], Cancel).Must();
            var found = await store.CountAsync(TermQuery.Is($"w{writer}r{round}"), cancel: Cancel).Must();
            if (round > last)
            {
                pair.ShouldAllBe(r => r == null);
                found.ShouldBe(0);
                continue;
            }

            var isDeleted = round + 2 <= last;
            var expected = isDeleted ? (2, RecordState.Deleted) : (1L, RecordState.Live);
            pair.Select(r => (r!.Version, r.State)).ShouldBe([expected, expected], $"writer {writer}, round {round} of {last}, {acknowledged} acknowledged");
            found.ShouldBe(isDeleted ? 0 : 2);
        }
    }

    /// <summary>Records, terms, counts and the feed agree with each other.</summary>
    public static async Task CheckWholeAsync(IRecordStore store)
    {
        var type = (await store.StatisticsAsync(Cancel).Must()).Types.ShouldHaveSingleItem();
        (await store.CountAsync(TermQuery.Is("tobs"), cancel: Cancel).Must()).ShouldBe(type.Live);
        (await store.CountAsync(TermQuery.Everything, cancel: Cancel).Must()).ShouldBe(type.Live);
        var live = await store.SearchAsync(new(TermQuery.Everything) { Limit = 10_000, WithRecords = true }, Cancel).Must();
        live.Records.ShouldAllBe(r => r.State == RecordState.Live && r.Body.Length > 0);

        var (changes, cursor) = (0L, default(Feed.ChangeCursor));
        while (true)
        {
            var page = await store.Changes.ReadAsync(cursor, 10_000, Cancel).Must();
            if (page.Changes.Count == 0)
            {
                break;
            }

            changes += page.Changes.Count;
            cursor = page.Next;
        }

        changes.ShouldBe(type.Versions);
    }
}
