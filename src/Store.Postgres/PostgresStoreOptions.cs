namespace Kangqiao.Store.Postgres;

/// <summary>Where a store lies and how much it may take.</summary>
/// <param name="Connection">In Npgsql's form: <c>Host=…;Database=…;Username=…</c>. It must reach PostgreSQL itself, or a pool that keeps sessions: a writer is known by its session.</param>
public sealed record PostgresStoreOptions(string Connection)
{
    /// <summary>Bytes of requests that may wait for the writers before callers are told to come back.</summary>
    public long MostWaitingBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Bytes of bodies read lately that are kept in memory.</summary>
    public long MostCachedBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long a search, count or history may take when the caller names no bound.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Transactions that this process may have open at once. One keeps the order in which requests were sent.</summary>
    public int Writers { get; init; } = 1;

    /// <summary>
    /// Into how many places a new database divides its records: 1 keeps all together, more can be spread over servers. Null:
    /// 64 where Citus is installed, else 1. A database that is there keeps its own, and is refused where another number is asked for.
    /// </summary>
    public int? Places { get; init; }
}
