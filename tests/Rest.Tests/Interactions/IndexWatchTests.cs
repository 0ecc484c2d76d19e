using Kangqiao.Rest.Records;
using Kangqiao.Store;
using Kangqiao.Store.Reindexing;
using Kangqiao.Store.Sqlite;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Tests.Interactions;

public sealed class IndexWatchTests
{
    private const string Form = "terms-9";

    [Fact]
    public async Task Searches_are_warned_while_an_index_that_holds_records_is_written_anew_and_not_of_an_empty_one()
    {
        var folder = Directory.CreateTempSubdirectory("kangqiao-watch-").FullName;
        var cancel = TestContext.Current.CancellationToken;
        await using (var store = (await new SqliteStoreMaker(new SqliteStoreOptions(folder), TimeProvider.System).OpenAsync(cancel)).Value)
        {
            (await Reindex.StartAsync(store, Form, cancel)).IsSuccess.ShouldBeTrue();
            (await new IndexWatch(store, Form, TimeProvider.System).WarningAsync()).ShouldBeNull();

            var record = new PreparedRecord { Key = new("Patient", "a"), Body = "{}"u8.ToArray(), Terms = "tpatient"u8.ToArray(), Shard = Shard.OfPatient("a") };
            (await store.WriteAsync(new([new WriteOperation.Put(record)]), cancel)).IsSuccess.ShouldBeTrue();
            (await new IndexWatch(store, Form, TimeProvider.System).WarningAsync())!.Code.ShouldBe("RST073");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_store_that_never_held_a_record_is_in_the_form_of_its_first_and_one_that_did_is_written_anew()
    {
        var folder = Directory.CreateTempSubdirectory("kangqiao-settle-").FullName;
        var cancel = TestContext.Current.CancellationToken;
        await using (var store = (await new SqliteStoreMaker(new SqliteStoreOptions(folder), TimeProvider.System).OpenAsync(cancel)).Value)
        {
            (await Reindex.SettleEmptyAsync(store, Form, cancel)).ShouldBeNull();
            (await Reindex.StateAsync(store, Form, cancel)).Value.IsCurrent.ShouldBeTrue();
            (await Reindex.EnsureAsync(store, Form, cancel)).Value.ShouldBeFalse();
            var record = new PreparedRecord { Key = new("Patient", "a"), Body = "{}"u8.ToArray(), Terms = "tpatient"u8.ToArray(), Shard = Shard.OfPatient("a") };
            (await store.WriteAsync(new([new WriteOperation.Put(record)]), cancel)).IsSuccess.ShouldBeTrue();

            (await Reindex.SettleEmptyAsync(store, "another form", cancel)).ShouldBeNull();
            (await Reindex.StateAsync(store, "another form", cancel)).Value.IsCurrent.ShouldBeFalse();
            (await Reindex.EnsureAsync(store, "another form", cancel)).Value.ShouldBeTrue();
        }

        Directory.Delete(folder, recursive: true);
    }
}
