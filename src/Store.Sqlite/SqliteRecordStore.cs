using Kangqiao.Store.Bodies;
using System.Collections.Concurrent;
using System.Text;
using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Outboxes;
using Kangqiao.Store.Search;
using Kangqiao.Store.Sqlite.Binding;
using Kangqiao.Store.Sqlite.Reading;
using Kangqiao.Store.Sqlite.Writing;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Sqlite;

/// <summary>The record store in one SQLite database: one writer thread, any number of readers.</summary>
internal sealed class SqliteRecordStore : IRecordStore
{
    private readonly SqliteStoreOptions options;
    private readonly FileStream ownership;
    private readonly Database database;
    private readonly Checkpointer checkpointer;
    private readonly Writer writer;
    private readonly Readers readers;
    private readonly SqliteFeed feed;
    private readonly ConcurrentDictionary<(string Type, string Parameter), string> codes = new();
    private bool isDisposed;

    /// <param name="ownership">The locked file that says this process owns the folder.</param>
    /// <param name="database">Migrated, and from here on the writer's.</param>
    public SqliteRecordStore(SqliteStoreOptions options, FileStream ownership, Database database, TimeProvider time)
    {
        this.options = options;
        this.ownership = ownership;
        this.database = database;
        var path = SqliteStoreMaker.FileIn(options.DataFolder);
        checkpointer = new(path);
        var cache = new BodyCache(options.BodyCacheMegabytes * 1024L * 1024);
        readers = new(path, new(), cache);
        feed = new(this);
        writer = new(database, checkpointer, options, time, feed.Committed, cache.Forget);
        feed.Committed(ReadAll(reader => reader.Records.Last()));
        Jobs = new SqliteJobs(this);
        Outboxes = new SqliteOutboxes(this);
    }

    public IChangeFeed Changes => feed;

    public IJobs Jobs { get; }

    public IOutboxes Outboxes { get; }

    public async ValueTask<Outcome<WriteReceipt>> WriteAsync(WriteRequest request, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (StoreLimits.Refusal(request, out var weight) is { } refused)
        {
            return refused;
        }

        var item = new RequestItem(request, PackedBodies.Of(request), weight);
        if (writer.Add(item) is { } busy)
        {
            return busy;
        }

        return cancel.CanBeCanceled ? await item.Done.WaitAsync(cancel) : await item.Done;
    }

    public ValueTask<Outcome<StoredRecord?>> ReadAsync(RecordKey key, CancellationToken cancel = default) => Read(
        key,
        static (reader, key) =>
        {
            using var snapshot = reader.Records.Snapshot();
            return Whole(reader, reader.Records.Find(key));
        },
        null, cancel);

    public ValueTask<Outcome<StoredRecord?>> ReadAsync(RecordKey key, long version, CancellationToken cancel = default) => Read(
        (key, version),
        static (reader, ask) =>
        {
            using var snapshot = reader.Records.Snapshot();
            return Whole(reader, reader.Records.Find(ask.key, ask.version));
        },
        null, cancel);

    public ValueTask<Outcome<IReadOnlyList<StoredRecord?>>> ReadAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancel = default) => Read(
        keys,
        static (reader, keys) =>
        {
            using var snapshot = reader.Records.Snapshot();
            var heads = new VersionHead?[keys.Count];
            for (var i = 0; i < heads.Length; i++)
            {
                heads[i] = reader.Records.Find(keys[i]);
            }

            return Many(reader.Records.Read(heads));
        },
        null, cancel);

    public ValueTask<Outcome<IReadOnlyList<StoredRecord?>>> ReadAsync(IReadOnlyList<long> numbers, CancellationToken cancel = default) => Read(
        numbers,
        static (reader, numbers) =>
        {
            using var snapshot = reader.Records.Snapshot();
            return Many(ReadNumbers(reader, numbers));
        },
        null, cancel);

    public ValueTask<Outcome<IReadOnlyList<long>>> FindAsync(Identity identity, CancellationToken cancel = default) => Read(
        identity, static (reader, identity) => (Outcome<IReadOnlyList<long>>)reader.Tables.Find(identity), null, cancel);

    public ValueTask<Outcome<HistoryPage>> HistoryAsync(HistoryAsk ask, CancellationToken cancel = default) => StoreLimits.IsPage(ask.Limit)
        ? Read(ask, static (reader, ask) => (Outcome<HistoryPage>)History.Read(reader.Records, ask), null, cancel)
        : new(Problems.BadLimit(StoreLimits.MostInPage));

    public ValueTask<Outcome<SearchPage>> SearchAsync(SearchAsk ask, CancellationToken cancel = default)
    {
        if (!StoreLimits.IsPage(ask.Limit))
        {
            return new(Problems.BadLimit(StoreLimits.MostInPage));
        }

        return StoreLimits.Refusal(ask.Filter) is { } refused
            ? new(refused)
            : Read(
                ask,
                static (reader, ask) =>
                {
                    using var snapshot = reader.Records.Snapshot();
                    var numbers = new List<long>(Math.Min(ask.Limit, 256) + 1);
                    reader.Searcher.Find(ask.Filter, ask.Descending, ask.After, ask.Limit + 1, numbers);
                    var hasMore = numbers.Count > ask.Limit;
                    if (hasMore)
                    {
                        numbers.RemoveAt(ask.Limit);
                    }

                    var records = ask.WithRecords ? ReadNumbers(reader, numbers) : [];
                    return (Outcome<SearchPage>)new SearchPage(numbers, records!, hasMore);
                },
                ask.Patience, cancel);
    }

    public ValueTask<Outcome<long>> CountAsync(SearchFilter filter, TimeSpan? patience = null, CancellationToken cancel = default) =>
        StoreLimits.Refusal(filter) is { } refused
            ? new(refused)
            : Read(
                filter,
                static (reader, filter) =>
                {
                    using var snapshot = reader.Records.Snapshot();
                    return (Outcome<long>)reader.Searcher.Count(filter);
                },
                patience, cancel);

    public async ValueTask<Outcome<IReadOnlyList<string>>> ParameterCodesAsync(
        IReadOnlyList<(string Type, string Parameter)> parameters, CancellationToken cancel = default)
    {
        var found = new string[parameters.Count];
        for (var i = 0; i < found.Length; i++)
        {
            if (codes.TryGetValue(parameters[i], out var code))
            {
                found[i] = code;
                continue;
            }

            var learnt = await CallAsync(session => ParameterCodes.Claim(session, parameters), cancel);
            if (learnt.Problem is { } problem)
            {
                return problem;
            }

            foreach (var (parameter, given) in learnt.Value)
            {
                codes[parameter] = given;
            }

            found[i] = codes[parameters[i]];
        }

        return found;
    }

    public ValueTask<Outcome<StoreStatistics>> StatisticsAsync(CancellationToken cancel = default) => Read(
        options.DataFolder,
        static (reader, folder) =>
        {
            var bytes = new DirectoryInfo(folder).EnumerateFiles(SqliteStoreMaker.FileName + "*").Sum(file => file.Length);
            return (Outcome<StoreStatistics>)new StoreStatistics(reader.Tables.Tallies(), bytes);
        },
        null, cancel);

    public async ValueTask<Outcome<BackupReport>> BackupAsync(string folder, CancellationToken cancel = default) =>
        await Task.Run(() => Backup.Make(SqliteStoreMaker.FileIn(options.DataFolder), folder, cancel), cancel);

    public ValueTask DisposeAsync()
    {
        if (isDisposed)
        {
            return ValueTask.CompletedTask;
        }

        isDisposed = true;
        writer.Dispose();
        readers.Dispose();
        checkpointer.Dispose();
        feed.Close();
        database.Dispose();
        ownership.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs a small change in the writer's next transaction.</summary>
    internal async ValueTask<Outcome<T>> CallAsync<T>(Func<WriteSession, Outcome<T>> call, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var item = new CallItem<T>(call);
        return writer.Add(item) is { } busy ? busy : await item.Done.WaitAsync(cancel);
    }

    internal ValueTask<Outcome<T>> Read<T, TAsk>(
        TAsk ask, Func<Reader, TAsk, Outcome<T>> read, TimeSpan? patience, CancellationToken cancel) =>
        new(readers.Use(ask, read, patience ?? options.Patience, cancel));

    private static Outcome<StoredRecord?> Whole(Reader reader, VersionHead? head) => head is { } at ? reader.Records.Read(at) : null;

    private static Outcome<IReadOnlyList<StoredRecord?>> Many(StoredRecord?[] records) => records;

    private static StoredRecord?[] ReadNumbers(Reader reader, IReadOnlyList<long> numbers)
    {
        var heads = new VersionHead?[numbers.Count];
        for (var i = 0; i < heads.Length; i++)
        {
            heads[i] = reader.Records.Find(numbers[i]);
        }

        return reader.Records.Read(heads);
    }

    private T ReadAll<T>(Func<Reader, T> read)
    {
        var outcome = readers.Use(read, static (reader, read) => (Outcome<T>)read(reader), options.Patience, default);
        return outcome.Value;
    }
}
