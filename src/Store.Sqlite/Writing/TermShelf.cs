using System.Runtime.InteropServices;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Sqlite.Writing;

/// <summary>
/// Terms of one commit on their way into the inverted index. They wait for the end and go in by rising number, because FTS5
/// writes out a run of its own each time a rowid goes back (fts5_index.c, sqlite3Fts5IndexBeginWrite), and a record that is
/// put twice in a commit is indexed once.
/// </summary>
internal sealed class TermShelf(WriterTables tables)
{
    private readonly Dictionary<long, Pending> waiting = [];
    private readonly List<long> order = [];
    private readonly byte[] updated = new byte[StoreTerms.UpdatedLength];
    private byte[] text = new byte[64 * 1024];

    private record struct Pending(ReadOnlyMemory<byte> Terms, bool IsIndexed, bool IsGone);

    /// <summary>Starts a commit of that instant.</summary>
    public void Open(DateTimeOffset instant)
    {
        waiting.Clear();
        StoreTerms.WriteUpdated(instant, updated);
    }

    /// <param name="isIndexed">The index holds terms of the record from an earlier commit.</param>
    public void Put(long number, ReadOnlyMemory<byte> terms, bool isIndexed) => Set(number, terms, isIndexed, isGone: false);

    public void Drop(long number) => Set(number, default, isIndexed: true, isGone: true);

    /// <summary>Writes all into the transaction; afterwards a search on this connection sees it.</summary>
    public void Write()
    {
        order.Clear();
        order.AddRange(waiting.Keys);
        order.Sort();
        foreach (var number in order)
        {
            var pending = waiting[number];
            if (pending.IsIndexed)
            {
                tables.DropTerms(number);
            }

            if (!pending.IsGone)
            {
                tables.AddTerms(number, WithUpdated(pending.Terms.Span));
            }
        }

        waiting.Clear();
    }

    private void Set(long number, ReadOnlyMemory<byte> terms, bool isIndexed, bool isGone)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(waiting, number, out var isKnown);
        // Put earlier in this commit: what matters is whether it was in the index before that.
        slot = new(terms, isKnown ? slot.IsIndexed : isIndexed, isGone);
    }

    private ReadOnlySpan<byte> WithUpdated(ReadOnlySpan<byte> terms)
    {
        if (text.Length < terms.Length + updated.Length + 1)
        {
            text = new byte[(terms.Length * 2) + updated.Length];
        }

        terms.CopyTo(text);
        text[terms.Length] = (byte)' ';
        updated.CopyTo(text.AsSpan(terms.Length + 1));
        return text.AsSpan(0, terms.Length + 1 + updated.Length);
    }
}
