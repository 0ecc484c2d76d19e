using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Postgres;

/// <summary>
/// A record's terms in tsvector's binary form (src/backend/utils/adt/tsvector.c, tsvectorrecv: a count, then each lexeme with
/// a zero behind it and a count of positions, here none), sorted and without repetition, made on the caller's thread. The
/// store's own term of the minute is in it with zeros, for the writer to fill.
/// </summary>
internal sealed class TermVector
{
    /// <summary>tsvector takes lexemes of up to 2,046 bytes; a longer term is known by its beginning.</summary>
    private const int LongestTerm = 2_046;

    /// <summary>A tsvector ends at one megabyte; what each lexeme costs in it is within this.</summary>
    public const int MostTermBytes = 900_000;

    private readonly byte[] bytes;
    private readonly int minuteAt;

    private TermVector(byte[] bytes, int minuteAt)
    {
        this.bytes = bytes;
        this.minuteAt = minuteAt;
    }

    public static TermVector Empty { get; } = new(new byte[4], -1);

    public int Length => bytes.Length;

    /// <param name="terms">With one space between them.</param>
    public static TermVector Of(ReadOnlySpan<byte> terms)
    {
        var length = terms.Length + 1 + StoreTerms.UpdatedLength;
        var text = ArrayPool<byte>.Shared.Rent(length);
        terms.CopyTo(text);
        text[terms.Length] = (byte)' ';
        text[terms.Length + 1] = (byte)'l';
        text.AsSpan(terms.Length + 2, StoreTerms.UpdatedLength - 1).Fill((byte)'0');

        var ranges = ArrayPool<Lexeme>.Shared.Rent((length / 2) + 1);
        var count = 0;
        for (var at = 0; at < length;)
        {
            var end = text.AsSpan(at, length - at).IndexOf((byte)' ');
            end = end < 0 ? length : at + end;
            if (end > at)
            {
                ranges[count++] = new(text, at, Cut(text.AsSpan(at, end - at)));
            }

            at = end + 1;
        }

        ranges.AsSpan(0, count).Sort();
        var result = Write(ranges.AsSpan(0, count), length);
        ArrayPool<Lexeme>.Shared.Return(ranges, clearArray: true);
        ArrayPool<byte>.Shared.Return(text);
        return result;
    }

    public static string Cut(string term) =>
        term.Length <= LongestTerm / 3 ? term : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(term).AsSpan(0, Cut(Encoding.UTF8.GetBytes(term))));

    /// <param name="instant">Of the version that has these terms.</param>
    public void CopyTo(Span<byte> into, DateTimeOffset instant)
    {
        bytes.CopyTo(into);
        if (minuteAt >= 0)
        {
            StoreTerms.WriteUpdated(instant, into[minuteAt..]);
        }
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

    private static TermVector Write(ReadOnlySpan<Lexeme> sorted, int length)
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
        return new(output.AsSpan(0, at).ToArray(), minuteAt);
    }

    private readonly record struct Lexeme(byte[] Text, int Start, int Length) : IComparable<Lexeme>
    {
        public ReadOnlySpan<byte> Span => Text.AsSpan(Start, Length);

        public int CompareTo(Lexeme other) => Span.SequenceCompareTo(other.Span);
    }
}
