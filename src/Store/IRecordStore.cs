using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Outboxes;
using Kangqiao.Store.Search;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store;

/// <summary>
/// Versions, transactions, search, history and the change feed of all records. Safe for any number of concurrent callers.
/// Expected refusals are problems (see <see cref="Problems"/>); a cancelled call throws
/// <see cref="OperationCanceledException"/>.
/// </summary>
public interface IRecordStore : IAsyncDisposable
{
    IChangeFeed Changes { get; }

    IJobs Jobs { get; }

    IOutboxes Outboxes { get; }

    /// <summary>
    /// Applies a request all or none, together with whatever others ask at the same time. When it answers with a receipt,
    /// the request is durable. Answers Throttled at once when too much is waiting.
    /// </summary>
    /// <remarks>Cancelling gives up the wait, not the write: it may still happen.</remarks>
    ValueTask<Outcome<WriteReceipt>> WriteAsync(WriteRequest request, CancellationToken cancel = default);

    /// <summary>The current version, deletion included; null when there is no such record.</summary>
    ValueTask<Outcome<StoredRecord?>> ReadAsync(RecordKey key, CancellationToken cancel = default);

    /// <summary>That version; null when there is none.</summary>
    ValueTask<Outcome<StoredRecord?>> ReadAsync(RecordKey key, long version, CancellationToken cancel = default);

    /// <summary>Current versions in one snapshot, in the order asked; null where there is no such record.</summary>
    ValueTask<Outcome<IReadOnlyList<StoredRecord?>>> ReadAsync(IReadOnlyList<RecordKey> keys, CancellationToken cancel = default);

    /// <summary>Current versions in one snapshot, in the order asked; null where there is no such number.</summary>
    ValueTask<Outcome<IReadOnlyList<StoredRecord?>>> ReadAsync(IReadOnlyList<long> numbers, CancellationToken cancel = default);

    /// <summary>Numbers of the live records that carry the identity, lowest first.</summary>
    ValueTask<Outcome<IReadOnlyList<long>>> FindAsync(Identity identity, CancellationToken cancel = default);

    ValueTask<Outcome<HistoryPage>> HistoryAsync(HistoryAsk ask, CancellationToken cancel = default);

    ValueTask<Outcome<SearchPage>> SearchAsync(SearchAsk ask, CancellationToken cancel = default);

    /// <summary>How many match, exactly. TooCostly when it takes longer than <paramref name="patience"/> (null: the store's own bound).</summary>
    ValueTask<Outcome<long>> CountAsync(SearchFilter filter, TimeSpan? patience = null, CancellationToken cancel = default);

    /// <summary>The three letters [a-z] that stand for a search parameter of a type in terms; given at first use, and for ever.</summary>
    ValueTask<Outcome<IReadOnlyList<string>>> ParameterCodesAsync(
        IReadOnlyList<(string Type, string Parameter)> parameters, CancellationToken cancel = default);

    ValueTask<Outcome<StoreStatistics>> StatisticsAsync(CancellationToken cancel = default);

    /// <summary>A consistent copy into a new or empty folder, while all else goes on.</summary>
    ValueTask<Outcome<BackupReport>> BackupAsync(string folder, CancellationToken cancel = default);
}

/// <summary>Opens stores: the one thing that knows where the data lies.</summary>
public interface IStoreMaker
{
    /// <summary>Opens the store, making or migrating its database. Refused when another server owns it, or it is from the future.</summary>
    ValueTask<Outcome<IRecordStore>> OpenAsync(CancellationToken cancel = default);

    /// <summary>A consistent copy into a new or empty folder, beside whoever has the store open.</summary>
    ValueTask<Outcome<BackupReport>> BackupAsync(string folder, CancellationToken cancel = default);

    /// <summary>Brings a backup back. Refused when there is data already, or when the copy is not as it was made.</summary>
    ValueTask<Outcome<BackupReport>> RestoreAsync(string folder, CancellationToken cancel = default);
}
