using Kangqiao.Store.Search;
using Kangqiao.Store.Postgres;
using Kangqiao.Store.Tests.Contract;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Postgres;

/// <summary>Pages over many chunks, written by several writers at once, are what looking at every record gives.</summary>
public sealed class ChunkTests
{
    private const int Records = 24_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_by_number_are_right_for_what_is_common_and_rare_and_lies_at_one_end()
    {
        await using var place = (PostgresPlace)await PostgresPlace.NewAsync(places: 1);
        await using var one = await Open(place).Must();
        await using var other = await Open(place).Must();
        var terms = new Dictionary<long, string[]>();
        var random = new Random(20261122);
        for (var at = 0; at < Records; at += 1_000)
        {
            await Task.WhenAll(PutAsync(one, at, 600), PutAsync(other, at + 600, 400));
        }

        // Records that change keep their numbers and lie elsewhere in the table.
        foreach (var id in Enumerable.Range(0, 300).Select(i => i * 97))
        {
            var receipt = (await one.WriteAsync(new([Put(id, "tobs kchanged")]), Cancel).Must()).Operations[0];
            terms[receipt.Number] = ["tobs", "kchanged"];
        }

        string[][] questions = [["tobs"], ["kten"], ["khundred"], ["klate"], ["kearly"], ["krare"], ["kchanged"], ["kten", "klate"], ["knone"], ["sred"], ["sred", "kten"]];
        foreach (var question in questions)
        {
            long[] right = [.. terms.Where(record => question.All(record.Value.Contains)).Select(record => record.Key).Order()];
            var query = TermQuery.AllOf([.. question.Select(TermQuery.Is)]);
            (await one.CountAsync(query, cancel: Cancel).Must()).ShouldBe(right.Length);
            foreach (var limit in (int[])[90, 700])
            {
                foreach (var descending in (bool[])[false, true])
                {
                    (await PagesAsync(one, query, limit, descending)).ShouldBe(descending ? right.Reverse().ToArray() : right, $"{string.Join(' ', question)} by {limit}");
                }
            }
        }

        async Task PutAsync(IRecordStore store, int from, int count)
        {
            var puts = new List<WriteOperation>();
            var own = new List<string[]>();
            for (var id = from; id < from + count; id++)
            {
                lock (random)
                {
                    own.Add([.. new[]
                    {
                        "tobs", random.Next(10) == 0 ? "kten" : "", random.Next(100) == 0 ? "khundred" : "", random.Next(5_000) == 0 ? "krare" : "",
                        id > Records * 9 / 10 ? "klate" : "", id < 500 ? "kearly" : "", random.Next(3) == 0 ? "sred" : "sblue",
                    }.Where(term => term.Length > 0)]);
                }

                puts.Add(Put(id, string.Join(' ', own[^1])));
            }

            var receipts = await store.WriteAsync(new(puts), Cancel).Must();
            lock (terms)
            {
                for (var i = 0; i < own.Count; i++)
                {
                    terms.Add(receipts.Operations[i].Number, own[i]);
                }
            }
        }
    }

    private static WriteOperation.Put Put(int id, string terms) => new(Sample.Record($"r{id}", terms));

    private static ValueTask<Kernel.Outcome<IRecordStore>> Open(PostgresPlace place) =>
        new PostgresStoreMaker(place.Options, TimeProvider.System).OpenAsync(Cancel);

    private static async Task<long[]> PagesAsync(IRecordStore store, TermQuery query, int limit, bool descending)
    {
        var found = new List<long>();
        long? after = null;
        while (true)
        {
            var page = await store.SearchAsync(new(query) { After = after, Limit = limit, Descending = descending }, Cancel).Must();
            found.AddRange(page.Numbers);
            if (!page.HasMore)
            {
                return [.. found];
            }

            after = page.Numbers[^1];
        }
    }
}
