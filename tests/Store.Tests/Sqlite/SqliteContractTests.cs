using Kangqiao.Store.Tests.Contract;

namespace Kangqiao.Store.Tests.Sqlite;

public sealed class SqliteWriteTests : WriteContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => Task.FromResult<IStorePlace>(new SqlitePlace());
}

public sealed class SqliteConditionTests : ConditionContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => Task.FromResult<IStorePlace>(new SqlitePlace());
}

public sealed class SqliteSearchTests : SearchContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => Task.FromResult<IStorePlace>(new SqlitePlace());
}

public sealed class SqliteHistoryTests : HistoryContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => Task.FromResult<IStorePlace>(new SqlitePlace());
}

public sealed class SqliteFeedTests : FeedContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => Task.FromResult<IStorePlace>(new SqlitePlace());
}

public sealed class SqliteJobsTests : JobsContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => Task.FromResult<IStorePlace>(new SqlitePlace());
}

public sealed class SqliteBackupTests : BackupContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => Task.FromResult<IStorePlace>(new SqlitePlace());
}

public sealed class SqliteOutboxTests : OutboxContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => Task.FromResult<IStorePlace>(new SqlitePlace());
}

public sealed class SqliteReindexTests : ReindexContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => Task.FromResult<IStorePlace>(new SqlitePlace());
}

public sealed class SqliteJobWorkersTests : JobWorkersContract
{
    protected override Task<IStorePlace> NewPlaceAsync() => Task.FromResult<IStorePlace>(new SqlitePlace());
}
