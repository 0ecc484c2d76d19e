using System.Text;
using SQLitePCL;

namespace Kangqiao.Store.Sqlite.Binding;

/// <summary>
/// One connection, for one thread at a time. A thin layer over SQLite's own calls, because the writer binds millions of
/// values a second and ADO.NET's parameters are an object each.
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 handle;
    private readonly List<Statement> statements = [];
    private CancellationToken cancel;
    private long deadline = long.MaxValue;

    static Database()
    {
        Batteries_V2.Init();

        // Statistics of memory are one lock that every allocation of every connection takes, and nobody reads them.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private Database(sqlite3 handle) => this.handle = handle;

    /// <summary>Frames that this connection has put into the write-ahead log since last asked.</summary>
    public long TakePagesWritten()
    {
        Check(raw.sqlite3_db_status(handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1));
        return pages;
    }

    public static Database Open(string path, bool isReadOnly, int cacheKilobytes)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX
            | (isReadOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            handle?.Dispose();
            throw new SqliteFailure(code, $"cannot open {path}");
        }

        var database = new Database(handle);
        raw.sqlite3_progress_handler(handle, StepsBetweenLooks, static state => ((Database)state).IsOver() ? 1 : 0, database);
        database.Run($"PRAGMA cache_size=-{cacheKilobytes}; PRAGMA busy_timeout=10000; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF;");
        return database;
    }

    /// <summary>Runs statements that give no rows and take no values.</summary>
    public void Run(string sql) => Check(raw.sqlite3_exec(handle, sql));

    /// <summary>A statement to be used many times; it lives as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = PrepareOnce(sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>A statement that the caller disposes.</summary>
    public Statement PrepareOnce(string sql)
    {
        Check(raw.sqlite3_prepare_v3(handle, Encoding.UTF8.GetBytes(sql), PreparePersistent, out var prepared));
        return new(this, prepared);
    }

    /// <summary>Stops statements of this connection after a time, or when cancelled; <see cref="Unbound"/> ends it.</summary>
    public void Bound(TimeSpan patience, CancellationToken token)
    {
        cancel = token;
        deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
    }

    public void Unbound()
    {
        deadline = long.MaxValue;
        cancel = default;
    }

    /// <summary>True when the bound set by <see cref="Bound"/> has passed.</summary>
    public bool IsOver() => cancel.IsCancellationRequested || Environment.TickCount64 > deadline;

    /// <summary>Ends whatever a failure left half stepped, so that every statement can be used again.</summary>
    public void ResetAll()
    {
        foreach (var statement in statements)
        {
            statement.Reset();
        }
    }

    /// <summary>Copies frames from the log into the database without waiting for anybody.</summary>
    /// <returns>Frames in the log, and how many of them are in the database now.</returns>
    public (int InLog, int Copied) Checkpoint()
    {
        var code = raw.sqlite3_wal_checkpoint_v2(handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var inLog, out var copied);
        if (code != raw.SQLITE_BUSY)
        {
            Check(code);
        }

        return (inLog, copied);
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new SqliteFailure(code, raw.sqlite3_errmsg(handle).utf8_to_string());
        }
    }

    public void Dispose()
    {
        foreach (var statement in statements)
        {
            statement.Dispose();
        }

        handle.Dispose();
    }

    private const uint PreparePersistent = 1;
    private const int StepsBetweenLooks = 2_000;
}
