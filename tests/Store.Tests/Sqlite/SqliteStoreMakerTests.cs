using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Sqlite;
using Kangqiao.Store.Sqlite.Binding;
using Kangqiao.Store.Tests.Contract;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Sqlite;

public sealed class SqliteStoreMakerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_told_so()
    {
        await using var place = new SqlitePlace();
        await using (await place.Maker(TimeProvider.System).OpenAsync(Cancel).Must())
        {
            var problem = await place.Maker(TimeProvider.System).OpenAsync(Cancel).Refused();
            (problem.Code, problem.Kind).ShouldBe(("STO023", ProblemKind.Unavailable));
            problem.Message.ShouldContain(place.DataFolder);
        }

        await (await place.Maker(TimeProvider.System).OpenAsync(Cancel).Must()).DisposeAsync();
    }

    [Theory]
    [InlineData("INSERT INTO migration VALUES (99, 'future', 'x', 0)", "STO026")]
    [InlineData("INSERT INTO migration SELECT max(number) + 1, 'future', 'x', 0 FROM migration", "STO024")]
    [InlineData("UPDATE migration SET checksum = 'x' WHERE number = 1", "STO025")]
    public async Task A_database_of_another_making_is_refused(string tampering, string code)
    {
        await using var place = new SqlitePlace();
        await (await place.Maker(TimeProvider.System).OpenAsync(Cancel).Must()).DisposeAsync();
        using (var database = Database.Open(SqliteStoreMaker.FileIn(place.DataFolder), isReadOnly: false, cacheKilobytes: 1_024))
        {
            database.Run(tampering);
        }

        (await place.Maker(TimeProvider.System).OpenAsync(Cancel).Refused()).Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_purged_records_terms_are_no_longer_in_the_file()
    {
        await using var place = new SqlitePlace();
        var file = SqliteStoreMaker.FileIn(place.DataFolder);
        for (var start = 0; start < 2; start++)
        {
            await using (var store = (SqliteRecordStore)await place.Maker(TimeProvider.System).OpenAsync(Cancel).Must())
            {
                await store.WriteAsync(Sample.Request(Sample.Put("keep", "tobs szhangwei"), Sample.Put("gone", "tobs sliumingming")), Cancel).Must();
                await store.WriteAsync(Sample.Request(Sample.Put("other", "tobs swangfang")), Cancel).Must();
            }

            (await File.ReadAllBytesAsync(file, Cancel)).AsSpan().IndexOf("liumingming"u8).ShouldBeGreaterThan(0);
            await using (var store = (SqliteRecordStore)await place.Maker(TimeProvider.System).OpenAsync(Cancel).Must())
            {
                await store.WriteAsync(Sample.Request(new WriteOperation.Purge(Sample.Key("gone"))), Cancel).Must();
                while ((await store.CallAsync<bool>(session => session.IsErasingDue, Cancel)).Value)
                {
                    await Task.Yield();
                }

                (await store.CountAsync(TermQuery.StartsWith("s"), cancel: Cancel).Must()).ShouldBe(2);
            }

            var bytes = await File.ReadAllBytesAsync(file, Cancel);
            bytes.AsSpan().IndexOf("liumingming"u8).ShouldBe(-1);
            bytes.AsSpan().IndexOf("zhangwei"u8).ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await using var place = new SqlitePlace();
        Directory.CreateDirectory(place.DataFolder);
        await File.WriteAllTextAsync(SqliteStoreMaker.FileIn(place.DataFolder), new string('x', 10_000), Cancel);

        (await place.Maker(TimeProvider.System).OpenAsync(Cancel).Refused()).Kind.ShouldBe(ProblemKind.Unavailable);
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_clearly_and_recovers_by_itself()
    {
        await using var place = new SqlitePlace();
        await using var store = (SqliteRecordStore)await place.Maker(TimeProvider.System).OpenAsync(Cancel).Must();
        await store.WriteAsync(Sample.Request(Sample.Put("a")), Cancel).Must();

        // SQLite answers SQLITE_FULL at its own page limit as it does when the disk has no room.
        await store.CallAsync<int>(session => SetMost(session.Database, 1), Cancel).Must();
        var large = Sample.Put("b") with { Record = Sample.Record("b", string.Join(' ', Enumerable.Range(0, 5_000).Select(i => $"k{i:x8}"))) };
        (await store.WriteAsync(Sample.Request(large), Cancel).Refused()).Code.ShouldBe("STO012");
        (await store.ReadAsync(Sample.Key("a"), Cancel).Must()).ShouldNotBeNull();
        (await store.ReadAsync(Sample.Key("b"), Cancel).Must()).ShouldBeNull();

        await store.CallAsync<int>(session => SetMost(session.Database, 1_000_000), Cancel).Must();
        await store.WriteAsync(Sample.Request(large), Cancel).Must();

        static Outcome<int> SetMost(Database database, int pages)
        {
            using var pragma = database.PrepareOnce($"PRAGMA max_page_count={pages}");
            _ = pragma.Step();
            return 0;
        }
    }
}
