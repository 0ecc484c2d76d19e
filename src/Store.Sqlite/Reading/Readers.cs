using Kangqiao.Store.Bodies;
using System.Collections.Concurrent;
using Kangqiao.Kernel;
using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite.Reading;

/// <summary>A connection with what is prepared on it.</summary>
internal sealed class Reader : IDisposable
{
    public Reader(string path, Names names, BodyCache cache)
    {
        Database = Database.Open(path, isReadOnly: true, cacheKilobytes: 16 * 1024);
        Records = new(Database, names, cache);
        Searcher = new(Database, Records);
        Tables = new(Database, names);
    }

    public Database Database { get; }

    public RecordReader Records { get; }

    public Searcher Searcher { get; }

    public TableReader Tables { get; }

    public void Dispose() => Database.Dispose();
}

/// <summary>
/// Lends connections. Reads run on the caller's thread: SQLite answers from memory in microseconds, and a hop to another
/// thread would cost more than most answers.
/// </summary>
internal sealed class Readers(string path, Names names, BodyCache cache) : IDisposable
{
    private const int MostIdle = 16;
    private readonly ConcurrentBag<Reader> idle = [];
    private volatile bool isClosed;

    public Outcome<T> Use<T, TAsk>(TAsk ask, Func<Reader, TAsk, Outcome<T>> read, TimeSpan patience, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (isClosed)
        {
            return Problems.Closed();
        }

        Reader? reader = null;
        try
        {
            if (!idle.TryTake(out reader))
            {
                reader = new(path, names, cache);
            }

            reader.Database.Bound(patience, cancel);
            var result = read(reader, ask);
            reader.Database.Unbound();
            Return(reader);
            return result;
        }
        catch (SqliteFailure failure)
        {
            // The connection may be inside a transaction still; a new one is cheap.
            reader?.Dispose();
            cancel.ThrowIfCancellationRequested();
            return failure.AsProblem();
        }
        catch
        {
            reader?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        isClosed = true;
        while (idle.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    private void Return(Reader reader)
    {
        if (isClosed || idle.Count >= MostIdle)
        {
            reader.Dispose();
            return;
        }

        idle.Add(reader);
    }
}
