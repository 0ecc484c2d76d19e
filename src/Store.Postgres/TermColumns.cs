using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Kangqiao.Store.Postgres.Writing;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Postgres;

/// <summary>
/// A record's terms as its two columns, in binary form, made on the caller's thread. Terms that are only asked for whole
/// (<see cref="WholeTerms"/>) are 63 bits of hash in <c>x</c>, a bigint[]: a third of their size as text, and some twenty
/// million different ones have a chance of one in fifty thousand that two share a hash. All others stand as they are in
/// <c>t</c>, a tsvector, which finds them by their beginning too.
/// </summary>
internal sealed class TermColumns
{
    /// <summary>tsvector takes lexemes of up to 2,046 bytes; a longer term is known by its beginning.</summary>
    private const int LongestTerm = 2_046;

    /// <summary>A tsvector ends at one megabyte; what each lexeme costs in it is within this.</summary>
    public const int MostTermBytes = 900_000;

    private const int BigintType = 20;
    private const int ArrayHead = 20;
    private const int ArrayItem = 12;

    private readonly long[] whole;
    private readonly byte[] text;
    private readonly int minuteAt;

    private TermColumns(long[] whole, byte[] text, int minuteAt)
    {
        this.whole = whole;
        this.text = text;
        this.minuteAt = minuteAt;
    }

    public static TermColumns Empty { get; } = new([], new byte[4], -1);

    /// <summary>What stands in <c>x</c>, rising, but for the chunk.</summary>
    public ReadOnlySpan<long> Whole => whole;

    public int TextLength => text.Length;

    /// <param name="terms">With one space between them.</param>
    public static TermColumns Of(ReadOnlySpan<byte> terms)
    {
        var length = terms.Length + 1 + StoreTerms.UpdatedLength;
        var all = ArrayPool<byte>.Shared.Rent(length);
        terms.CopyTo(all);
        all[terms.Length] = (byte)' ';
        all[terms.Length + 1] = (byte)'l';
        all.AsSpan(terms.Length + 2, StoreTerms.UpdatedLength - 1).Fill((byte)'0');

        var texts = ArrayPool<Lexeme>.Shared.Rent((length / 2) + 1);
        var hashes = ArrayPool<long>.Shared.Rent((length / 2) + 1);
        var (textCount, hashCount) = (0, 0);
        for (var at = 0; at < length;)
        {
            var end = all.AsSpan(at, length - at).IndexOf((byte)' ');
            end = end < 0 ? length : at + end;
            if (end > at)
            {
                if (WholeTerms.IsOne(all.AsSpan(at, end - at)))
                {
                    hashes[hashCount++] = HashOf(all.AsSpan(at, end - at));
                }
                else
                {
                    texts[textCount++] = new(all, at, Cut(all.AsSpan(at, end - at)));
                }
            }

            at = end + 1;
        }

        hashes.AsSpan(0, hashCount).Sort();
        texts.AsSpan(0, textCount).Sort();
        var result = Write(Distinct(hashes.AsSpan(0, hashCount)), texts.AsSpan(0, textCount), length);
        ArrayPool<Lexeme>.Shared.Return(texts, clearArray: true);
        ArrayPool<long>.Shared.Return(hashes);
        ArrayPool<byte>.Shared.Return(all);
        return result;
    }

    /// <summary>What stands in <c>x</c> for a term. Below zero: what is above names a chunk (<see cref="Chunks"/>).</summary>
    public static long HashOf(string term) => HashOf(Encoding.UTF8.GetBytes(term));

    /// <summary>How a term stands in <c>t</c>.</summary>
    public static string Cut(string term) =>
        term.Length <= LongestTerm / 3 ? term : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(term).AsSpan(0, Cut(Encoding.UTF8.GetBytes(term))));

    public int ArrayLength(ChunkNames chunk) => ArrayHead + (ArrayItem * (whole.Length + Names(chunk)));

    /// <summary>An array as array_recv takes it (src/backend/utils/adt/arrayfuncs.c): the hashes rising, then the wide chunk, then the chunk.</summary>
    public void CopyArrayTo(Span<byte> into, ChunkNames chunk)
    {
        var count = whole.Length + Names(chunk);
        BinaryPrimitives.WriteInt32BigEndian(into, 1);
        BinaryPrimitives.WriteInt32BigEndian(into[4..], 0);
        BinaryPrimitives.WriteInt32BigEndian(into[8..], BigintType);
        BinaryPrimitives.WriteInt32BigEndian(into[12..], count);
        BinaryPrimitives.WriteInt32BigEndian(into[16..], 1);
        for (var i = 0; i < count; i++)
        {
            var item = into[(ArrayHead + (ArrayItem * i))..];
            BinaryPrimitives.WriteInt32BigEndian(item, sizeof(long));
            BinaryPrimitives.WriteInt64BigEndian(item[4..], i < whole.Length ? whole[i] : i == count - 1 ? chunk.Chunk : chunk.Wide);
        }
    }

    /// <summary>A tsvector as tsvectorrecv takes it.</summary>
    /// <param name="instant">Of the version that has these terms.</param>
    public void CopyTextTo(Span<byte> into, DateTimeOffset instant)
    {
        text.CopyTo(into);
        if (minuteAt >= 0)
        {
            StoreTerms.WriteUpdated(instant, into[minuteAt..]);
        }
    }

    private static int Names(ChunkNames chunk) => (chunk.Chunk == 0 ? 0 : 1) + (chunk.Wide == 0 ? 0 : 1);

    private static long HashOf(ReadOnlySpan<byte> term) => StableHash.Of(term) | long.MinValue;

    private static long[] Distinct(ReadOnlySpan<long> sorted)
    {
        var kept = new long[sorted.Length];
        var count = 0;
        foreach (var hash in sorted)
        {
            if (count == 0 || kept[count - 1] != hash)
            {
                kept[count++] = hash;
            }
        }

        return count == kept.Length ? kept : kept[..count];
    }

    /// <summary>How much of a term is kept: whole characters only.</summary>
    private static int Cut(ReadOnlySpan<byte> term)
    {
        if (term.Length <= LongestTerm)
        {
            return term.Length;
        }

        var length = LongestTerm;
        while ((term[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return length;
    }

    // src/backend/utils/adt/tsvector.c, tsvectorrecv: a count, then each lexeme with a zero behind it and a count of
    // positions, here none. The store's own term of the minute is in it with zeros, for the writer to fill.
    private static TermColumns Write(long[] whole, ReadOnlySpan<Lexeme> sorted, int length)
    {
        var output = new byte[4 + length + (3 * sorted.Length)];
        var (at, count, minuteAt) = (4, 0, -1);
        ReadOnlySpan<byte> before = default;
        foreach (var lexeme in sorted)
        {
            var term = lexeme.Span;
            if (term.SequenceEqual(before))
            {
                continue;
            }

            if (term.Length == StoreTerms.UpdatedLength && term.SequenceEqual("l000000000000"u8))
            {
                minuteAt = at;
            }

            term.CopyTo(output.AsSpan(at));
            at += term.Length + 3;
            count++;
            before = term;
        }

        BinaryPrimitives.WriteInt32BigEndian(output, count);
        return new(whole, output.AsSpan(0, at).ToArray(), minuteAt);
    }

    private readonly record struct Lexeme(byte[] Text, int Start, int Length) : IComparable<Lexeme>
    {
        public ReadOnlySpan<byte> Span => Text.AsSpan(Start, Length);

        public int CompareTo(Lexeme other) => Span.SequenceCompareTo(other.Span);
    }
}
