using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Duck;

/// <summary>A connection. For one thread at a time, but <see cref="Interrupt"/> is for any.</summary>
internal sealed class DuckConnection(ConnectionHandle handle) : IDisposable
{
    internal ConnectionHandle Handle => handle;

    /// <summary>Runs statements of which no rows are wanted.</summary>
    /// <returns>How many rows the last one changed.</returns>
    public unsafe Outcome<long> Execute(string sql)
    {
        using var result = new ResultHandle();
        return Native.Query(handle, sql, result.Pointer) == 0
            ? (long)Native.RowsChanged(result.Pointer)
            : DuckProblems.Of(Native.Text(Native.ResultError(result.Pointer)) ?? "the statement failed.");
    }

    public unsafe Outcome<DuckStatement> Prepare(string sql)
    {
        if (Native.Prepare(handle, sql, out var statement) == 0)
        {
            return new DuckStatement(statement);
        }

        var message = Native.Text(Native.PrepareError(statement)) ?? "the statement cannot be prepared.";
        statement.Dispose();
        return DuckProblems.Of(message);
    }

    /// <summary>Prepares and runs one statement; its rows are read as they are made.</summary>
    public Outcome<DuckRows> Query(string sql) =>
        Prepare(sql).Then(statement =>
        {
            using (statement)
            {
                return statement.Run();
            }
        });

    public unsafe Outcome<DuckAppender> Append(string table)
    {
        if (Native.CreateAppender(handle, null, table, out var appender) == 0)
        {
            return new DuckAppender(appender);
        }

        var message = appender.IsInvalid ? null : Native.Text(Native.AppenderError(appender));
        appender.Dispose();
        return DuckProblems.Append(message ?? $"there is no table {table}.");
    }

    /// <summary>Ends what runs on this connection; it then answers DUK003.</summary>
    public void Interrupt() => Native.Interrupt(handle);

    public void Dispose() => handle.Dispose();
}

/// <summary>Takes whole chunks into a table.</summary>
internal sealed class DuckAppender(AppenderHandle handle) : IDisposable
{
    /// <returns>Null if they were taken.</returns>
    public Problem? Add(DuckChunk chunk) => Native.AppendChunk(handle, chunk.Handle) == 0 ? null : Fault();

    /// <summary>What was added is in the table after this.</summary>
    /// <returns>Null if all is well.</returns>
    public Problem? Flush() => Native.Flush(handle) == 0 ? null : Fault();

    public void Dispose() => handle.Dispose();

    private unsafe Problem Fault() => DuckProblems.Append(Native.Text(Native.AppenderError(handle)) ?? "no reason is given.");
}
