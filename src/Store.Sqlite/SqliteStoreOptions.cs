using Kangqiao.Store.Bodies;
namespace Kangqiao.Store.Sqlite;

/// <summary>Where a store lies and how much it may take.</summary>
public sealed record SqliteStoreOptions(string DataFolder)
{
    /// <summary>Bytes of requests that may wait for the writer before callers are told to come back.</summary>
    public long MostWaitingBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long a search, count or history may take when the caller names no bound.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Memory for bodies read lately.</summary>
    public int BodyCacheMegabytes { get; init; } = 96;

    /// <summary>Memory for the writer's pages.</summary>
    public int WriterCacheMegabytes { get; init; } = 64;
}
