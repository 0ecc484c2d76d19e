using Kangqiao.Kernel;
using Kangqiao.Store.Postgres;
using Kangqiao.Store.Search;
using Kangqiao.Store.Tests.Contract;
using Kangqiao.Store.Writes;
using Npgsql;

namespace Kangqiao.Store.Tests.Postgres;

public sealed class PostgresPurgeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task Once_traces_are_erased_nothing_of_a_purged_record_is_in_a_table_file(int places)
    {
        Assert.SkipUnless(PostgresServer.IsThere, "PostgreSQL 15 is not installed here.");
        await using var server = await PostgresServer.StartNewAsync("fsync=off");
        await using var place = await PostgresPlace.NewAsync(server, places);
        var maker = new PostgresStoreMaker(place.Options, TimeProvider.System);
        byte[] body;
        await using (var store = await maker.OpenAsync(Cancel).Must())
        {
            await store.WriteAsync(Sample.Request(Sample.Put("keep", "tobs szhangwei")), Cancel).Must();
            await store.WriteAsync(Sample.Request(Sample.Put("gone", "tobs sliumingming", "quiet-liumingming")), Cancel).Must();
            await store.WriteAsync(Sample.Request(Sample.Put("gone", "tobs sliumingming2", "loud-liumingming")), Cancel).Must();
            body = await LastBodyAsync(place);
        }

        (await HoldsAsync(server, "liumingming"u8.ToArray())).ShouldBeTrue();
        (await HoldsAsync(server, body)).ShouldBeTrue();

        await using (var store = await maker.OpenAsync(Cancel).Must())
        {
            await store.WriteAsync(Sample.Request(new WriteOperation.Purge(Sample.Key("gone"))), Cancel).Must();
            (await store.CountAsync(TermQuery.StartsWith("s"), cancel: Cancel).Must()).ShouldBe(1);
            (await maker.EraseTracesAsync(Cancel).Must()).ShouldBeGreaterThan(0);
            (await store.ReadAsync(Sample.Key("keep"), Cancel).Must()).ShouldNotBeNull();
            (await store.CountAsync(TermQuery.Is("szhangwei"), cancel: Cancel).Must()).ShouldBe(1);
        }

        (await HoldsAsync(server, "liumingming"u8.ToArray())).ShouldBeFalse();
        (await HoldsAsync(server, body)).ShouldBeFalse();
        (await HoldsAsync(server, "zhangwei"u8.ToArray())).ShouldBeTrue();
    }

    [Fact]
    public async Task A_database_keeps_its_number_of_places_and_says_how_to_come_to_another()
    {
        await using var place = (PostgresPlace)await PostgresPlace.NewAsync(places: 1);
        await (await new PostgresStoreMaker(place.Options, TimeProvider.System).OpenAsync(Cancel).Must()).DisposeAsync();

        var refused = await new PostgresStoreMaker(place.Options with { Places = 64 }, TimeProvider.System).OpenAsync(Cancel).Refused();

        (refused.Code, refused.Kind).ShouldBe(("STO039", ProblemKind.Conflict));
        refused.Message.ShouldContain("$export");
        await (await new PostgresStoreMaker(place.Options with { Places = null }, TimeProvider.System).OpenAsync(Cancel).Must()).DisposeAsync();
    }

    private static async Task<byte[]> LastBodyAsync(PostgresPlace place)
    {
        await using var connection = new NpgsqlConnection(place.Options.Connection + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand("SELECT data FROM store.body ORDER BY g DESC LIMIT 1", connection);
        return (byte[])(await command.ExecuteScalarAsync(Cancel))!;
    }

    /// <summary>In the files of tables and indexes; the write-ahead log keeps what it has until its files are used again.</summary>
    private static async Task<bool> HoldsAsync(PostgresServer server, byte[] bytes)
    {
        await server.ExecuteAsync("CHECKPOINT");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(server.DataFolder, "base"), "*", SearchOption.AllDirectories))
        {
            if ((await File.ReadAllBytesAsync(file, Cancel)).AsSpan().IndexOf(bytes) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
