using Kangqiao.Store.Tests.Contract;

namespace Kangqiao.Store.Tests.Postgres;

public sealed class PostgresWriteTests : WriteContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 1);
}

public sealed class PostgresConditionTests : ConditionContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 1);
}

public sealed class PostgresSearchTests : SearchContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 1);
}

public sealed class PostgresHistoryTests : HistoryContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 1);
}

public sealed class PostgresFeedTests : FeedContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 1);
}

public sealed class PostgresJobsTests : JobsContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 1);
}

public sealed class PostgresBackupTests : BackupContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 1);
}

public sealed class PostgresOutboxTests : OutboxContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 1);
}

public sealed class PostgresReindexTests : ReindexContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 1);
}

public sealed class PostgresJobWorkersTests : JobWorkersContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 1);
}
