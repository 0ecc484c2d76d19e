using Kangqiao.Kernel;
using Kangqiao.Store.Postgres;
using Kangqiao.Store.Search;
using Kangqiao.Store.Tests.Contract;
using Kangqiao.Store.Writes;
using Npgsql;

namespace Kangqiao.Store.Tests.Postgres;

/// <summary>Counts that are kept as records are written say what counting would.</summary>
public sealed class StoredCountTests
{
    private const int Records = 12_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task A_stored_count_stays_exact_while_two_servers_change_and_delete_and_one_starts_again(int places)
    {
        await using var place = (PostgresPlace)await PostgresPlace.NewAsync(places);
        await using var one = await Open(place).Must();
        var other = await Open(place).Must();
        for (var at = 0; at < Records; at += 1_000)
        {
            await PutAsync(one, Enumerable.Range(at, 1_000), "tobs kall");
        }

        // What was counted and was much is stored from then on; it begins while others go on writing.
        foreach (var term in (string[])["kall", "tobs"])
        {
            (await one.CountAsync(TermQuery.Is(term), cancel: Cancel).Must()).ShouldBe(Records);
        }

        await Task.WhenAll(ReadyAsync(place, "kall", 1), ReadyAsync(place, "tobs", 1), ChangeAsync(one, 0, 40), ChangeAsync(other, 40, 80));
        await ShouldBeExactAsync(one, other, place);

        await Task.WhenAll(ChangeAsync(one, 80, 160), ChangeAsync(other, 120, 200));
        await one.WriteAsync(new([new WriteOperation.Purge(Sample.Key("r5000")), new WriteOperation.Purge(Sample.Key("r5001"))]), Cancel).Must();
        await one.WriteAsync(new([new WriteOperation.Reindex(Sample.Record("r5002", "tobs kother"), 1)]), Cancel).Must();
        await ShouldBeExactAsync(one, other, place);

        // What a writer had told and not summed up, the next under its number takes up.
        await other.DisposeAsync();
        other = await Open(place).Must();
        await ChangeAsync(other, 200, 240);
        await ShouldBeExactAsync(one, other, place);
        await other.DisposeAsync();
    }

    [Fact]
    public async Task What_is_common_among_many_new_records_is_counted_before_anybody_asks()
    {
        await using var place = (PostgresPlace)await PostgresPlace.NewAsync(places: 1);
        await using var store = await Open(place).Must();
        for (var at = 0; at < 66_000; at += 6_000)
        {
            // A patient's own term is on some hundred that come together.
            await store.WriteAsync(new([.. Enumerable.Range(at, 6_000).Select(id => new WriteOperation.Put(Sample.Record($"r{id}", $"tobs kall p{id / 200}")))]), Cancel).Must();
        }

        await ReadyAsync(place, "kall", 1);
        (await StoredAsync(place, "kall")).ShouldBe(66_000);
        (await ScalarAsync(place, "SELECT count(*) FROM store.counted WHERE term <> $1", "kall")).ShouldBe(1);
    }

    [Fact]
    public async Task A_large_count_is_stored_after_it_was_asked_once_and_begins_where_an_attempt_broke_off()
    {
        await using var place = (PostgresPlace)await PostgresPlace.NewAsync(places: 1);
        await using (var store = await Open(place).Must())
        {
            await PutAsync(store, Enumerable.Range(0, 10_500), "tobs kall");
            await store.CountAsync(TermQuery.Is("kall"), cancel: Cancel).Must();
            await ReadyAsync(place, "kall", 1);
        }

        // As if the process had been killed between the beginning and the count.
        await RunAsync(place, "DELETE FROM store.hits; DELETE FROM store.hits_change; UPDATE store.counted SET is_ready = FALSE; UPDATE store.setting SET value = (value::bigint + 1)::text WHERE name = 'counted'");
        await using var again = await Open(place).Must();
        await PutAsync(again, Enumerable.Range(20_000, 7), "tobs kall");
        (await again.CountAsync(TermQuery.Is("kall"), cancel: Cancel).Must()).ShouldBe(10_507);
        await ReadyAsync(place, "kall", 1);
        await PutAsync(again, Enumerable.Range(30_000, 3), "tobs kall");
        (await again.CountAsync(TermQuery.Is("kall"), cancel: Cancel).Must()).ShouldBe(10_510);
        (await StoredAsync(place, "kall")).ShouldBe(10_510);
    }

    private static async Task ShouldBeExactAsync(IRecordStore one, IRecordStore other, PostgresPlace place)
    {
        foreach (var term in (string[])["kall", "tobs"])
        {
            var right = await StoredAsync(place, term, isCounted: true);
            (await one.CountAsync(TermQuery.Is(term), cancel: Cancel).Must()).ShouldBe(right);
            (await other.CountAsync(TermQuery.Is(term), cancel: Cancel).Must()).ShouldBe(right);
            (await StoredAsync(place, term)).ShouldBe(right);
        }
    }

    /// <summary>Of each ten: two changed, one twice, one deleted, one deleted and made again, one written with the same terms.</summary>
    private static async Task ChangeAsync(IRecordStore store, int from, int to)
    {
        for (var ten = from; ten < to; ten++)
        {
            string Id(int i) => $"r{(ten * 10) + i}";
            await WriteAsync(store, new WriteOperation.Put(Sample.Record(Id(0), "tobs kother")), new WriteOperation.Put(Sample.Record(Id(1), "tobs kother")));
            await WriteAsync(store, new WriteOperation.Put(Sample.Record(Id(1), "tobs kall kother")));
            await WriteAsync(store, new WriteOperation.Delete(Sample.Key(Id(2))), new WriteOperation.Delete(Sample.Key(Id(3))));
            await WriteAsync(store, new WriteOperation.Put(Sample.Record(Id(3), "tobs kall")), new WriteOperation.Put(Sample.Record(Id(4), "tobs kall")));
        }
    }

    private static async Task WriteAsync(IRecordStore store, params WriteOperation[] operations) =>
        (await store.WriteAsync(new(operations), Cancel)).Problem.ShouldBeNull();

    private static async Task PutAsync(IRecordStore store, IEnumerable<int> ids, string terms) =>
        await store.WriteAsync(new([.. ids.Select(id => new WriteOperation.Put(Sample.Record($"r{id}", terms)))]), Cancel).Must();

    private static async Task ReadyAsync(PostgresPlace place, string term, long count)
    {
        while (await ScalarAsync(place, "SELECT count(*) FROM store.counted WHERE is_ready AND term = $1", term) != count)
        {
            await Task.Delay(50, Cancel);
        }
    }

    private static Task<long> StoredAsync(PostgresPlace place, string term, bool isCounted = false) => ScalarAsync(
        place,
        isCounted
            ? "SELECT count(*) FROM store.record WHERE x @> ARRAY[$1]"
            : "SELECT (SELECT sum(n) FROM store.hits WHERE term = $1)::bigint + coalesce((SELECT sum(changes[array_position(terms, $1)]) FROM store.hits_change), 0)::bigint",
        term);

    private static async Task<long> ScalarAsync(PostgresPlace place, string sql, string term)
    {
        await using var source = NpgsqlDataSource.Create(place.Options.Connection);
        await using var command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = TermColumns.HashOf(term) });
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private static async Task RunAsync(PostgresPlace place, string sql)
    {
        await using var source = NpgsqlDataSource.Create(place.Options.Connection);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static ValueTask<Outcome<IRecordStore>> Open(PostgresPlace place) =>
        new PostgresStoreMaker(place.Options, TimeProvider.System).OpenAsync(Cancel);
}
