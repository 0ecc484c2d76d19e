using Kangqiao.Ingest.Tests.Http;
using Kangqiao.Store.Tests.Postgres;

[assembly: AssemblyFixture(typeof(DoorPostgres))]

namespace Kangqiao.Ingest.Tests.Http;

/// <summary>One PostgreSQL for all journeys; started when the first asks, stopped at the end.</summary>
public sealed class DoorPostgres : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.StartNewAsync("fsync=off", "synchronous_commit=off"));

    /// <summary>A database of its own.</summary>
    public static async Task<string?> NewAsync()
    {
        Assert.SkipUnless(PostgresServer.IsThere, "PostgreSQL 15 is not installed here.");
        var server = await Server.Value;
        return server.ConnectionTo(await server.NewDatabaseAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated)
        {
            await (await Server.Value).DisposeAsync();
        }
    }
}

public sealed class PostgresDoorJourneyTests : DoorJourneyTests
{
    protected override Task<string?> StoreAsync() => DoorPostgres.NewAsync();
}

public sealed class PostgresMllpJourneyTests : MllpJourneyTests
{
    protected override Task<string?> StoreAsync() => DoorPostgres.NewAsync();
}

public sealed class PostgresCodeJourneyTests : CodeJourneyTests
{
    protected override Task<string?> StoreAsync() => DoorPostgres.NewAsync();
}

public sealed class PostgresReconciliationTests : ReconciliationTests
{
    protected override Task<string?> StoreAsync() => DoorPostgres.NewAsync();
}

public sealed class PostgresReplayTests : ReplayTests
{
    protected override Task<string?> StoreAsync() => DoorPostgres.NewAsync();
}
