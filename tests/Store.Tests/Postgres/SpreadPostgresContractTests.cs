using Kangqiao.Store.Tests.Contract;

namespace Kangqiao.Store.Tests.Postgres;

public sealed class SpreadPostgresWriteTests : WriteContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 64);
}

public sealed class SpreadPostgresConditionTests : ConditionContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 64);
}

public sealed class SpreadPostgresSearchTests : SearchContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 64);
}

public sealed class SpreadPostgresHistoryTests : HistoryContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 64);
}

public sealed class SpreadPostgresFeedTests : FeedContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 64);
}

public sealed class SpreadPostgresJobsTests : JobsContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 64);
}

public sealed class SpreadPostgresBackupTests : BackupContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 64);
}

public sealed class SpreadPostgresOutboxTests : OutboxContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 64);
}

public sealed class SpreadPostgresReindexTests : ReindexContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => PostgresPlace.NewAsync(places: 64);
}
