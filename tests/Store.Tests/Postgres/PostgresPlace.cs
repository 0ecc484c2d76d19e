using Kangqiao.Store.Postgres;
using Kangqiao.Store.Tests.Contract;
using Kangqiao.Store.Tests.Postgres;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Kangqiao.Store.Tests.Postgres;

/// <summary>One server for all tests that do not kill it; started when the first asks, stopped at the end.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    // Nothing here tests the disk, and a database a test is many flushes.
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.StartNewAsync("fsync=off", "synchronous_commit=off"));

    internal static Task<PostgresServer> GetAsync() => Server.Value;

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated)
        {
            await (await Server.Value).DisposeAsync();
        }
    }
}

/// <summary>A database of its own, gone after the test.</summary>
internal sealed class PostgresPlace : IStorePlace
{
    private readonly PostgresServer server;
    private readonly string database;
    private readonly int places;
    private readonly string root = Directory.CreateTempSubdirectory("kangqiao-store-").FullName;
    private int folders;

    private PostgresPlace(PostgresServer server, string database, int places)
    {
        this.server = server;
        this.database = database;
        this.places = places;
    }

    public PostgresStoreOptions Options => new(server.ConnectionTo(database)) { Places = places };

    /// <param name="places">More than one: the form in which Citus spreads a database, here all on one server.</param>
    public static async Task<IStorePlace> NewAsync(int places)
    {
        Assert.SkipUnless(PostgresServer.IsThere, "PostgreSQL 15 is not installed here.");
        return await NewAsync(await SharedPostgres.GetAsync(), places);
    }

    public static async Task<PostgresPlace> NewAsync(PostgresServer server, int places) => new(server, await server.NewDatabaseAsync(), places);

    public IStoreMaker Maker(TimeProvider time, long? mostWaitingBytes = null) =>
        new PostgresStoreMaker(mostWaitingBytes is { } most ? Options with { MostWaitingBytes = most } : Options, time);

    public string NewFolder() => Path.Combine(root, $"folder{Interlocked.Increment(ref folders)}");

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(root, recursive: true);
        await server.DropAsync(database);
    }
}
