using System.Text;
using Kangqiao.Analytics.Duck;
using Kangqiao.Analytics.Lake;
using Kangqiao.Analytics.Tests.Duck;
using Kangqiao.Store;
using Kangqiao.Store.Sqlite;
using Kangqiao.Store.Writes;

namespace Kangqiao.Analytics.Tests.Lake;

public sealed class LakeRefreshTests : IAsyncLifetime
{
    private const string Observations = """
        {"name":"observation","resource":"Observation","select":[{"column":[{"name":"id","path":"getResourceKey()"},
          {"name":"day","path":"effective.ofType(dateTime)","tag":[{"name":"ansi/type","value":"DATE"}]},
          {"name":"value","path":"value.ofType(Quantity).value","tag":[{"name":"ansi/type","value":"DECIMAL(9,2)"}]}]}]}
        """;

    private const string Links = """
        {"name":"person_link","resource":"Person","select":[{"column":[{"name":"id","path":"getResourceKey()"}]},
          {"forEach":"link","column":[{"name":"patient","path":"target.getReferenceKey(Patient)"}]}]}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("lake-").FullName;
    private IRecordStore store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Lake => Path.Combine(folder, "lake");

    public async ValueTask InitializeAsync() =>
        store = (await new SqliteStoreMaker(new SqliteStoreOptions(Path.Combine(folder, "store")), TimeProvider.System).OpenAsync(Cancel)).Value;

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task PutAsync(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        var key = new RecordKey(document.RootElement.GetProperty("resourceType").GetString()!, document.RootElement.GetProperty("id").GetString()!);
        var record = new PreparedRecord { Key = key, Body = RecordBody.From(Encoding.UTF8.GetBytes(json)).Value, Terms = default, Shard = default };
        (await store.WriteAsync(new WriteRequest([new WriteOperation.Put(record)]), Cancel)).Problem.ShouldBeNull();
    }

    private Task ObserveAsync(string id, string when, string value) => PutAsync(
        $$$"""{"resourceType":"Observation","id":"{{{id}}}","status":"final","code":{"text":"x"},"effectiveDateTime":"{{{when}}}","valueQuantity":{"value":{{{value}}} }}""");

    private static LakeTable Table(string view) => LakeTable.Read("view.json", Encoding.UTF8.GetBytes(view)).Value;

    private async Task<LakeReport> RefreshAsync(bool fromZero = false, params string[] views)
    {
        var ran = await new LakeRefresh(store, [.. (views.Length > 0 ? views : [Observations, Links]).Select(Table)], Lake, TimeProvider.System).RunAsync(fromZero, Cancel);
        ran.Problem.ShouldBeNull();
        return ran.Value;
    }

    private List<string> Ask(string sql)
    {
        using var database = DuckDatabase.Open().Value;
        using var connection = database.Connect().Value;
        using var rows = connection.Query(sql.Replace("LAKE", Path.Combine(Lake, "current"), StringComparison.Ordinal)).Value;
        return Shown.All(rows);
    }

    private List<string> Observed() => Ask("SELECT id, day, value, month FROM read_parquet('LAKE/observation/*/*.parquet', hive_partitioning = true) ORDER BY id");

    [Fact]
    public async Task Corrections_deletions_and_moves_between_months_come_through()
    {
        await ObserveAsync("a", "2024-05-01T10:00:00+08:00", "1.50");
        await ObserveAsync("b", "2024-05-31T20:00:00Z", "2");
        await ObserveAsync("c", "2024-07-09", "3");
        await ObserveAsync("d", "2024", "4");
        (await RefreshAsync()).Snapshot.Unfit.ShouldBe(0);
        Observed().ShouldBe(["a|2024-05-01|1.50|2024-05", "b|2024-06-01|2.00|2024-06", "c|2024-07-09|3.00|2024-07", "d|null|4.00|none"]);

        await ObserveAsync("a", "2024-07-02", "10");
        await ObserveAsync("e", "2024-07-03", "5");
        (await store.WriteAsync(new WriteRequest([new WriteOperation.Delete(new RecordKey("Observation", "b"))]), Cancel)).Problem.ShouldBeNull();
        var report = await RefreshAsync();
        Observed().ShouldBe(["a|2024-07-02|10.00|2024-07", "c|2024-07-09|3.00|2024-07", "d|null|4.00|none", "e|2024-07-03|5.00|2024-07"]);
        report.FilesWritten.ShouldBe(1, "only July has rows that changed; May and June are gone, none is as it was");
        report.Snapshot.Tables[0].Files.Select(f => f.Month).Order().ShouldBe(["2024-07", "none"]);

        (await RefreshAsync()).Changes.ShouldBe(0);
        (await RefreshAsync(fromZero: true)).Snapshot.Number.ShouldBe(3);
        Observed().ShouldBe(["a|2024-07-02|10.00|2024-07", "c|2024-07-09|3.00|2024-07", "d|null|4.00|none", "e|2024-07-03|5.00|2024-07"]);
    }

    [Fact]
    public async Task A_merge_of_persons_comes_through_as_their_links()
    {
        await PutAsync("""{"resourceType":"Person","id":"r1","link":[{"target":{"reference":"Patient/p1"}}]}""");
        await PutAsync("""{"resourceType":"Person","id":"r2","link":[{"target":{"reference":"Patient/p2"}}]}""");
        await RefreshAsync();
        await PutAsync("""{"resourceType":"Person","id":"r1","link":[{"target":{"reference":"Patient/p1"}},{"target":{"reference":"Patient/p2"}}]}""");
        await PutAsync("""{"resourceType":"Person","id":"r2","active":false}""");
        await RefreshAsync();
        Ask("SELECT id, patient FROM read_parquet('LAKE/person_link/*/*.parquet') ORDER BY ALL").ShouldBe(["r1|p1", "r1|p2"]);
    }

    [Fact]
    public async Task A_reader_keeps_the_state_it_began_with()
    {
        await ObserveAsync("a", "2024-05-01", "1");
        var first = (await RefreshAsync()).Snapshot;
        await ObserveAsync("a", "2024-05-01", "2");
        var second = (await RefreshAsync()).Snapshot;
        string Value(LakeSnapshot of) => Ask($"SELECT value FROM read_parquet('{of.FilesOf(Lake, "observation")[0]}')").ShouldHaveSingleItem();
        Value(first).ShouldBe("1.00");
        Value(second).ShouldBe("2.00");
        LakeSnapshot.Read(Lake).ShouldNotBeNull().Number.ShouldBe(second.Number);
    }

    [Fact]
    public async Task A_refresh_that_is_cut_has_not_happened()
    {
        await ObserveAsync("a", "2024-05-01", "1");
        await RefreshAsync();
        await ObserveAsync("b", "2024-05-02", "2");

        // As a kill leaves it: the next state half written, the link still on the one before.
        Directory.CreateDirectory(Path.Combine(Lake, "snapshots", "00000002", "observation", "month=2024-05"));
        File.WriteAllText(Path.Combine(Lake, "snapshots", "00000002", "observation", "month=2024-05", "rows.parquet"), "half");
        Directory.CreateDirectory(Path.Combine(Lake, "staging"));
        Observed().Count.ShouldBe(1);
        await RefreshAsync();
        Observed().ShouldBe(["a|2024-05-01|1.00|2024-05", "b|2024-05-02|2.00|2024-05"]);
    }

    [Fact]
    public async Task A_changed_view_makes_the_lake_anew_and_an_empty_table_has_its_columns()
    {
        await ObserveAsync("a", "2024-05-01", "1");
        await RefreshAsync();
        Ask("SELECT count(id) FROM read_parquet('LAKE/person_link/*/*.parquet')").ShouldBe(["0"]);
        await RefreshAsync(false, Observations.Replace("\"value\",\"path\"", "\"amount\",\"path\"", StringComparison.Ordinal));
        Ask("SELECT id, amount FROM read_parquet('LAKE/observation/*/*.parquet')").ShouldBe(["a|1.00"]);
        Directory.Exists(Path.Combine(Lake, "current", "person_link")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_record_a_view_cannot_be_run_on_is_counted_and_the_others_are_there()
    {
        await ObserveAsync("big", "2024-05-01", "123456789");
        await ObserveAsync("a", "2024-05-01", "1");
        (await RefreshAsync()).Snapshot.Unfit.ShouldBe(1);
        Observed().ShouldBe(["a|2024-05-01|1.00|2024-05", "big|2024-05-01|null|2024-05"]);
    }

    [Fact]
    public async Task Two_refreshes_at_once_do_not_meet()
    {
        await ObserveAsync("a", "2024-05-01", "1");
        Directory.CreateDirectory(Lake);
        using (new FileStream(Path.Combine(Lake, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            (await new LakeRefresh(store, [Table(Observations)], Lake, TimeProvider.System).RunAsync(false, Cancel)).Problem.ShouldNotBeNull().Code.ShouldBe("LAK002");
        }

        await RefreshAsync();
    }
}
