using System.Security.Cryptography;
using System.Text;
using Kangqiao.Kernel;
using Kangqiao.Store;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;
using Kangqiao.Store.Writes;

namespace Kangqiao.Ledger;

/// <summary>Keeps and finds documents. Safe for any number of callers; what it answers to a write is durable.</summary>
/// <param name="store">A store of its own, never the one of the records.</param>
public sealed class LedgerStore(IRecordStore store) : IAsyncDisposable
{
    /// <summary>Bytes of a label's value that a term can hold beyond doubt, whatever its characters.</summary>
    private const int LongestLabel = 20;

    /// <summary>The store itself, for what is kept beside the documents.</summary>
    public IRecordStore Store { get; } = store;

    /// <summary>Keeps documents, all or none.</summary>
    /// <returns>Versions, in the order asked. A conflict where an expected version is not there.</returns>
    public async ValueTask<Outcome<IReadOnlyList<long>>> PutAsync(IReadOnlyList<LedgerPage> pages, CancellationToken cancel = default)
    {
        var operations = new List<WriteOperation>(pages.Count);
        foreach (var page in pages)
        {
            if (!RecordBody.From(page.Json.Span).Try(out var body, out var problem))
            {
                return problem;
            }

            var key = new RecordKey(page.Key.Kind, page.Key.Id);
            operations.Add(new WriteOperation.Put(new PreparedRecord { Key = key, Body = body, Terms = TermsOf(page), Shard = Shard.OfRecord(key) })
            {
                ExpectedVersion = page.ExpectedVersion is > 0 ? page.ExpectedVersion : null,
                Mode = page.ExpectedVersion == 0 ? PutMode.CreateOnly : PutMode.Either,
                SkipIfIdentical = true,
            });
        }

        return (await WriteAsync(operations, cancel)).Then<IReadOnlyList<long>>(receipt => receipt.Operations.Select(o => o.Version).ToArray());
    }

    public ValueTask<Outcome<IReadOnlyList<long>>> PutAsync(LedgerPage page, CancellationToken cancel = default) => PutAsync([page], cancel);

    /// <summary>Null when there is no such document.</summary>
    public async ValueTask<Outcome<LedgerDocument?>> ReadAsync(LedgerKey key, CancellationToken cancel = default) =>
        (await Store.ReadAsync(new RecordKey(key.Kind, key.Id), cancel)).Then<LedgerDocument?>(record => Document(record));

    /// <summary>Documents in the order asked; null where there is none.</summary>
    public async ValueTask<Outcome<IReadOnlyList<LedgerDocument?>>> ReadAsync(IReadOnlyList<LedgerKey> keys, CancellationToken cancel = default) =>
        (await Store.ReadAsync([.. keys.Select(k => new RecordKey(k.Kind, k.Id))], cancel))
            .Then<IReadOnlyList<LedgerDocument?>>(records => records.Select(Document).ToArray());

    /// <summary>Documents of a kind that have every label, newest creations first.</summary>
    /// <param name="after">The <see cref="LedgerList.Next"/> of the page before.</param>
    public async ValueTask<Outcome<LedgerList>> FindAsync(
        string kind, IReadOnlyList<LedgerLabel> labels, int limit, long? after = null, CancellationToken cancel = default)
    {
        var query = TermQuery.AllOf([TermQuery.Is(KindTerm(kind)), .. labels.Select(l => TermQuery.Is(Term(l)))]);
        var ask = new SearchAsk(query) { Descending = true, After = after, Limit = limit, WithRecords = true };
        return (await Store.SearchAsync(ask, cancel)).Then<LedgerList>(page =>
            new LedgerList([.. page.Records.Select(r => Document(r)!)], page.HasMore ? page.Numbers[^1] : null));
    }

    public async ValueTask<Outcome<long>> CountAsync(string kind, IReadOnlyList<LedgerLabel> labels, CancellationToken cancel = default) =>
        await Store.CountAsync(TermQuery.AllOf([TermQuery.Is(KindTerm(kind)), .. labels.Select(l => TermQuery.Is(Term(l)))]), null, cancel);

    /// <summary>Forgets documents for good, history included.</summary>
    public async ValueTask<Outcome<int>> PurgeAsync(IReadOnlyList<LedgerKey> keys, CancellationToken cancel = default) =>
        (await WriteAsync([.. keys.Select(k => (WriteOperation)new WriteOperation.Purge(new RecordKey(k.Kind, k.Id)))], cancel))
            .Then<int>(receipt => receipt.Operations.Count);

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private ValueTask<Outcome<WriteReceipt>> WriteAsync(IReadOnlyList<WriteOperation> operations, CancellationToken cancel) =>
        Store.WriteAsync(new WriteRequest(operations), cancel);

    private static LedgerDocument? Document(StoredRecord? record) => record is not { State: RecordState.Live }
        ? null
        : new LedgerDocument(new LedgerKey(record.Key.Type, record.Key.Id), record.Body, record.Number, record.Version, record.Instant);

    private static byte[] TermsOf(LedgerPage page)
    {
        var terms = new StringBuilder(KindTerm(page.Key.Kind));
        foreach (var label in page.Labels)
        {
            terms.Append(' ').Append(Term(label));
        }

        return Encoding.UTF8.GetBytes(terms.ToString());
    }

    private static string KindTerm(string kind) => "k" + kind.ToLowerInvariant();

    // A character takes up to three bytes of a term, which has room for 64.
    private static string Term(LedgerLabel label) => RecordLabels.Label(
        label.Kind,
        Encoding.UTF8.GetByteCount(label.Value) <= LongestLabel
            ? label.Value
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(label.Value)).AsSpan(0, 16)));
}
