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
    private byte[] text = new byte[64 * 1024];

    private record struct Pending(ReadOnlyMemory<byte> Terms, DateTimeOffset Instant, bool IsIndexed, bool IsGone);

    /// <summary>Starts a commit.</summary>
    public void Open() => waiting.Clear();

    /// <param name="instant">Of the record's current version.</param>
    /// <param name="isIndexed">The index holds terms of the record from an earlier commit.</param>
    public void Put(long number, ReadOnlyMemory<byte> terms, DateTimeOffset instant, bool isIndexed) =>
        Set(number, new(terms, instant, isIndexed, IsGone: false));

    public void Drop(long number) => Set(number, new(default, default, IsIndexed: true, IsGone: true));

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
                tables.AddTerms(number, WithUpdated(pending.Terms.Span, pending.Instant));
            }
        }

        waiting.Clear();
    }

    private void Set(long number, Pending pending)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(waiting, number, out var isKnown);
        // Put earlier in this commit: what matters is whether it was in the index before that.
        slot = pending with { IsIndexed = isKnown ? slot.IsIndexed : pending.IsIndexed };
    }

    private ReadOnlySpan<byte> WithUpdated(ReadOnlySpan<byte> terms, DateTimeOffset instant)
    {
        var length = terms.Length + 1 + StoreTerms.UpdatedLength;
        if (text.Length < length)
        {
            text = new byte[length * 2];
        }

        terms.CopyTo(text);
        text[terms.Length] = (byte)' ';
        StoreTerms.WriteUpdated(instant, text.AsSpan(terms.Length + 1));
        return text.AsSpan(0, length);
    }
}
