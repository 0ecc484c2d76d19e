using System.Collections.Concurrent;
using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Outboxes;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Postgres.Reading;
using Kangqiao.Store.Postgres.Writing;
using Kangqiao.Store.Search;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Postgres;

/// <summary>
/// The record store in one PostgreSQL database, or in one that Citus spreads over several servers. Any number of processes may
/// have it open: what they share is in the database.
/// </summary>
internal sealed class PostgresRecordStore : IRecordStore
{
    private readonly PostgresStoreOptions options;
    private readonly Form form;
    private readonly Connections connections;
    private readonly RequestQueue queue;
    private readonly RecordReader records;
    private readonly Searcher searcher;
    private readonly News news;
    private readonly PendingTerms? pending;
    private readonly TermCounts? counts;
    private readonly Densities? densities;
    private readonly Writer[] writers;
    private readonly ConcurrentDictionary<(string Type, string Parameter), string> codes = new();
    private Task[] loops = [];
    private bool isDisposed;

    private PostgresRecordStore(PostgresStoreOptions options, Form form, Connections connections, TimeProvider time)
    {
        this.options = options;
        this.form = form;
        this.connections = connections;
        queue = new(options.MostWaitingBytes);
        records = new(new(connections), new(options.MostCachedBytes), form.IsSpread);
        counts = form.IsDistributed ? null : new(connections);
        densities = form.IsSpread ? null : new(connections);
        searcher = new(records, form.IsSpread ? null : new(), densities, counts, form.IsSpread);
        news = new(connections);
        pending = form.IsDistributed ? null : new(connections);
        Changes = new PostgresFeed(connections, news, records);
        Jobs = new PostgresJobs(connections, time);
        Outboxes = new PostgresOutboxes(connections);
        writers = new Writer[Math.Max(1, options.Writers)];
        for (var i = 0; i < writers.Length; i++)
        {
            writers[i] = new(connections, queue, records, counts, form.IsSpread, time, Committed);
        }
    }

    public IChangeFeed Changes { get; }

    public IJobs Jobs { get; }

    public IOutboxes Outboxes { get; }

    /// <summary>Opens a database that has this program's form.</summary>
    public static async Task<PostgresRecordStore> OpenAsync(
        PostgresStoreOptions options, Form form, Connections connections, TimeProvider time, CancellationToken cancel)
    {
        if (form.IsSpread)
        {
            await using var connection = await connections.OpenAsync(cancel);
            await Claim.RecoverDeadAsync(connection, cancel);
        }

        var store = new PostgresRecordStore(options, form, connections, time);
        try
        {
            foreach (var writer in store.writers)
            {
                await writer.ConnectAsync(cancel);
            }
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }

        store.loops = Array.ConvertAll(store.writers, writer => Task.Run(writer.RunAsync));
        return store;
    }

    public async ValueTask<Outcome<WriteReceipt>> WriteAsync(WriteRequest request, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (StoreLimits.Refusal(request, out var weight) is { } refused)
        {
            return refused;
        }

        if (!PreparedRequest.Of(request, form.Places).Try(out var prepared, out var unfit))
        {
            return unfit;
        }

        var item = new RequestItem(prepared, weight);
        if (queue.Add(item) is { } busy)
        {
            return busy;
        }

        return cancel.CanBeCanceled ? await item.Done.WaitAsync(cancel) : await item.Done;
    }

    public ValueTask<Outcome<StoredRecord?>> ReadAsync(RecordKey key, CancellationToken cancel = default) => connections.UseAsync<StoredRecord?>(
        async (connection, token) => await records.ReadAsync(connection, key, token), null, cancel);

    public ValueTask<Outcome<StoredRecord?>> ReadAsync(RecordKey key, long version, CancellationToken cancel = default) => connections.UseAsync<StoredRecord?>(
        async (connection, token) =>
        {
            var head = await records.FindAsync(connection, key, token);
            var row = head is { } found ? await records.VersionAsync(connection, found, version, token) : null;
            return (await records.ReadAsync(connection, [row], token))[0];
        },
        null, cancel);

    public ValueTask<Outcome<IReadOnlyList<StoredRecord?>>> ReadAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancel = default) =>
        connections.UseAsync<IReadOnlyList<StoredRecord?>>(
            async (connection, token) => await records.ReadAsync(connection, await records.FindAsync(connection, keys, token), token), null, cancel);

    public ValueTask<Outcome<IReadOnlyList<StoredRecord?>>> ReadAsync(IReadOnlyList<long> numbers, CancellationToken cancel = default) =>
        connections.UseAsync<IReadOnlyList<StoredRecord?>>(
            async (connection, token) => await records.ReadAsync(connection, await records.FindAsync(connection, numbers, token), token), null, cancel);

    public ValueTask<Outcome<IReadOnlyList<long>>> FindAsync(Identity identity, CancellationToken cancel = default) =>
        connections.UseAsync<IReadOnlyList<long>>(
            async (connection, token) => await connection
                .Command("SELECT number FROM store.identity WHERE high = $1 AND low = $2 ORDER BY number")
                .With(identity.High).With(identity.Low).RowsAsync(row => row.GetInt64(0), token),
            null, cancel);

    public ValueTask<Outcome<HistoryPage>> HistoryAsync(HistoryAsk ask, CancellationToken cancel = default) => StoreLimits.IsPage(ask.Limit)
        ? connections.UseAsync<HistoryPage>(
            async (connection, token) => await History.ReadAsync(connection, records, ask, token), options.Patience, cancel)
        : new(Problems.BadLimit(StoreLimits.MostInPage));

    public ValueTask<Outcome<SearchPage>> SearchAsync(SearchAsk ask, CancellationToken cancel = default)
    {
        if (!StoreLimits.IsPage(ask.Limit))
        {
            return new(Problems.BadLimit(StoreLimits.MostInPage));
        }

        return StoreLimits.Refusal(ask.Filter) is { } refused
            ? new(refused)
            : connections.UseAsync((connection, token) => PageAsync(connection, ask, token), ask.Patience ?? options.Patience, cancel, isSearch: true);
    }

    public ValueTask<Outcome<long>> CountAsync(SearchFilter filter, TimeSpan? patience = null, CancellationToken cancel = default) =>
        StoreLimits.Refusal(filter) is { } refused
            ? new(refused)
            : Count(filter, async (connection, token) => await searcher.CountAsync(connection, filter, token), patience ?? options.Patience, cancel);

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

            var learnt = await connections.InTransactionAsync((connection, token) => ParameterCodes.ClaimAsync(connection, parameters, token), cancel);
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

    public ValueTask<Outcome<StoreStatistics>> StatisticsAsync(CancellationToken cancel = default) => connections.UseAsync<StoreStatistics>(
        async (connection, token) => new StoreStatistics(
            await Statistics.TypesAsync(connection, token), await Statistics.BytesAsync(connection, form.IsDistributed, token)),
        null, cancel);

    public async ValueTask<Outcome<BackupReport>> BackupAsync(string folder, CancellationToken cancel = default) =>
        await connections.InSnapshotAsync((connection, token) => Backup.MakeAsync(connection, form, folder, token), null, cancel);

    public async ValueTask DisposeAsync()
    {
        if (isDisposed)
        {
            return;
        }

        isDisposed = true;
        queue.Close();
        await Task.WhenAll(loops);
        foreach (var writer in writers)
        {
            await writer.DisposeAsync();
        }

        connections.Close();
        await news.DisposeAsync();
        foreach (var beside in (IAsyncDisposable?[])[pending, counts, densities])
        {
            if (beside is not null)
            {
                await beside.DisposeAsync();
            }
        }

        await connections.DisposeAsync();
        queue.Dispose();
    }

    /// <summary>Several counts need one snapshot; a single statement has its own.</summary>
    private ValueTask<Outcome<long>> Count(
        SearchFilter filter, Func<Npgsql.NpgsqlConnection, CancellationToken, Task<Outcome<long>>> count, TimeSpan patience, CancellationToken cancel) =>
        Searcher.HasDoubt(filter)
            ? connections.InSnapshotAsync(count, patience, cancel, isSearch: true)
            : connections.UseAsync(count, patience, cancel, isSearch: true);

    private async Task<Outcome<SearchPage>> PageAsync(Npgsql.NpgsqlConnection connection, SearchAsk ask, CancellationToken cancel)
    {
        if (!ask.WithRecords)
        {
            var numbers = await searcher.NumbersAsync(connection, ask.Filter, ask.Descending, ask.After, ask.Limit + 1, cancel);
            return new SearchPage(numbers.Count > ask.Limit ? numbers[..ask.Limit] : numbers, [], numbers.Count > ask.Limit);
        }

        var rows = await searcher.FindAsync(connection, ask.Filter, ask.Descending, ask.After, ask.Limit + 1, cancel);
        var hasMore = rows.Count > ask.Limit;
        if (hasMore)
        {
            rows.RemoveAt(ask.Limit);
        }

        var found = await records.ReadAsync(connection, rows.ConvertAll(row => (RecordRow?)row), cancel);
        StoredRecord[] there = [.. found.OfType<StoredRecord>()];
        return new SearchPage(Array.ConvertAll(there, record => record.Number), there, hasMore);
    }

    private Task Committed(int operations)
    {
        if (operations == 0)
        {
            return Task.CompletedTask;
        }

        news.Tell();
        pending?.Written(operations);
        return pending?.RoomAsync() ?? Task.CompletedTask;
    }
}
