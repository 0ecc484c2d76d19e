using Kangqiao.Kernel;
using SQLitePCL;

namespace Kangqiao.Store.Sqlite.Binding;

/// <summary>SQLite answered with an error. What a caller can act on becomes a problem at the room's edge.</summary>
internal sealed class SqliteFailure(int code, string message) : Exception($"SQLite {code}: {message}")
{
    /// <summary>The primary result code (sqlite.org/rescode.html).</summary>
    public int Code { get; } = code & 0xFF;

    public Problem AsProblem() => Code switch
    {
        raw.SQLITE_FULL => Problems.DiskFull(),
        raw.SQLITE_INTERRUPT => Problems.TookTooLong(),
        _ => Problems.DatabaseFailed(Message),
    };
}
