using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Csv.Reading;

/// <summary>
/// A stream as rows, each with the header as its preamble. Memory holds a row and a piece of the stream, however long it is. A quotation
/// mark that nobody closes costs the row that it stands in and no more: what follows it is read anew from the next line.
/// </summary>
internal sealed class CsvSplitter(Stream stream, CsvOptions options)
{
    private const int Piece = 128 * 1024;
    // So much is looked at before the encoding is settled.
    private const int Evidence = 64 * 1024;

    private byte[] buffer = new byte[Piece];
    private int start;
    private int length;
    private int scanned;
    // Where the field in quotation marks begins that the scan is in; -1 outside.
    private int opened = -1;
    private bool isEnd;
    private byte separator = (byte)',';

    /// <param name="isHeader">Whether rows can be read under a header; where they cannot, it is the only unit, without a preamble.</param>
    public static async IAsyncEnumerable<RawUnit> SplitAsync(
        Stream stream, CsvOptions options, Func<ReadOnlyMemory<byte>, bool> isHeader, [EnumeratorCancellation] CancellationToken cancel)
    {
        var splitter = new CsvSplitter(stream, options);
        var header = await splitter.HeaderAsync(cancel).ConfigureAwait(false);
        if (!isHeader(header))
        {
            yield return new RawUnit(0, header);
            yield break;
        }

        var encoding = Ascii.IsValid(header.Span) ? null : FileCharset.Marked(header.Span) ?? splitter.Guess(header.Span);
        var preamble = header;
        var isMarked = FileCharset.Marked(header.Span) is not null;
        for (var index = 0L; await splitter.NextAsync(options.MaxRowBytes, cancel).ConfigureAwait(false) is { } row;)
        {
            if (splitter.IsBlank(row.Span))
            {
                continue;
            }

            if (!isMarked && (encoding is not null || !Ascii.IsValid(row.Span)))
            {
                encoding ??= splitter.Guess(row.Span);
                preamble = (byte[])[.. FileCharset.MarkOf(encoding), .. header.Span];
                isMarked = true;
            }

            yield return new RawUnit(index++, row, preamble);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> HeaderAsync(CancellationToken cancel)
    {
        do
        {
            await FillAsync(cancel).ConfigureAwait(false);
        }
        while (!isEnd && length < Evidence);

        // Excel's own first line, which names the separator, is not the header.
        if (buffer.AsSpan(0, length).StartsWith("sep="u8) && buffer.AsSpan(0, length).IndexOf((byte)'\n') is var line and >= 0 and < 8)
        {
            start = line + 1;
        }

        separator = (byte)RowFields.SeparatorOf(FirstLine());
        scanned = start;
        while (await NextAsync(options.MaxHeaderBytes, cancel).ConfigureAwait(false) is { } row)
        {
            if (!IsBlank(row.Span) || row.Span.Contains(separator))
            {
                return Trimmed(row);
            }
        }

        return ReadOnlyMemory<byte>.Empty;
    }

    private ReadOnlySpan<byte> FirstLine()
    {
        var text = buffer.AsSpan(start, length - start);
        var end = text.IndexOf((byte)'\n');
        return text[..Math.Min(end < 0 ? text.Length : end, options.MaxHeaderBytes)];
    }

    // Units are put together with their header again when they are sent anew, so a header ends its line.
    private static ReadOnlyMemory<byte> Trimmed(ReadOnlyMemory<byte> row) => (byte[])[.. row.Span.TrimEnd("\r\n"u8), (byte)'\n'];

    private Encoding Guess(ReadOnlySpan<byte> row)
    {
        // The row and what of the stream is at hand behind it.
        ReadOnlySpan<byte> evidence = (byte[])[.. row, .. buffer.AsSpan(start, Math.Min(length - start, Evidence))];
        return FileCharset.Guess(evidence, isEnd && length - start <= Evidence);
    }

    /// <summary>Nothing, or nothing but separators: what a spreadsheet leaves below its last row.</summary>
    private bool IsBlank(ReadOnlySpan<byte> row) => row.Trim([(byte)' ', (byte)'\r', (byte)'\n', (byte)'\t', (byte)0x1A, separator]).IsEmpty;

    /// <summary>The next row with its line break; null at the end. One that is too long is cut to one byte more than allowed.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> NextAsync(int mostBytes, CancellationToken cancel)
    {
        while (true)
        {
            var end = EndOfRow();
            if (end < 0 && length - start > mostBytes)
            {
                if (FirstBreakInQuotes() is { } broken)
                {
                    end = broken;
                }
                else
                {
                    return await CutAsync(mostBytes, cancel).ConfigureAwait(false);
                }
            }

            if (end >= 0)
            {
                return Take(end + 1 - start, mostBytes);
            }

            if (isEnd)
            {
                // Not through a conditional expression, in which null becomes memory that is empty.
                if (start == length)
                {
                    return null;
                }

                return Take(FirstBreakInQuotes() is { } unclosed ? unclosed + 1 - start : length - start, mostBytes);
            }

            await FillAsync(cancel).ConfigureAwait(false);
        }
    }

    private ReadOnlyMemory<byte> Take(int count, int mostBytes)
    {
        var row = buffer.AsMemory(start, Math.Min(count, mostBytes + 1));
        start += count;
        scanned = start;
        opened = -1;
        return row;
    }

    /// <summary>The start of a row without end, and the rest of it left out.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> CutAsync(int mostBytes, CancellationToken cancel)
    {
        ReadOnlyMemory<byte> row = buffer.AsMemory(start, mostBytes + 1).ToArray();
        while (true)
        {
            var end = buffer.AsSpan(start, length - start).IndexOf((byte)'\n');
            start = end < 0 ? length : start + end + 1;
            if (end >= 0 || isEnd)
            {
                scanned = start;
                opened = -1;
                return row;
            }

            await FillAsync(cancel).ConfigureAwait(false);
        }
    }

    private int? FirstBreakInQuotes() =>
        opened >= 0 && buffer.AsSpan(opened, length - opened).IndexOf((byte)'\n') is var line and >= 0 ? opened + line : null;

    /// <summary>Where the row's line break stands; -1 where it is not at hand yet.</summary>
    private int EndOfRow()
    {
        var span = buffer.AsSpan(0, length);
        var at = scanned;
        while (at < length)
        {
            if (opened < 0)
            {
                var next = span[at..].IndexOfAny((byte)'"', (byte)'\n');
                if (next < 0)
                {
                    at = length;
                    break;
                }

                at += next;
                if (span[at] == '\n')
                {
                    return at;
                }

                if (at == start || span[at - 1] == separator || IsBehindMark(span, at))
                {
                    opened = at;
                }

                at++;
                continue;
            }

            var mark = span[at..].IndexOf((byte)'"');
            if (mark < 0)
            {
                at = length;
                break;
            }

            at += mark;
            if (at + 1 == length && !isEnd)
            {
                // Whether it closes the field is for the next byte to say.
                break;
            }

            var after = at + 1 < length ? span[at + 1] : (byte)'\n';
            if (after == '"')
            {
                at += 2;
                continue;
            }

            // What follows a mark that closes tells whether it does; where it does not and the field runs over lines, the mark that
            // opened it is the one too many.
            if (after != separator && after is not ((byte)'\n' or (byte)'\r' or (byte)' ') && FirstBreakInQuotes() is { } line && line < at)
            {
                return line;
            }

            opened = -1;
            at++;
        }

        scanned = at;
        return -1;
    }

    private bool IsBehindMark(ReadOnlySpan<byte> span, int at) =>
        start == 0 && at is 3 or 4 && FileCharset.Marked(span[..at]) is { } encoding && FileCharset.MarkOf(encoding).Length == at;

    /// <summary>Reads on. Rows that were handed out keep the memory they are in.</summary>
    private async ValueTask FillAsync(CancellationToken cancel)
    {
        if (buffer.Length - length < 4096)
        {
            var kept = length - start;
            var larger = new byte[Math.Max(Piece, kept * 2)];
            buffer.AsSpan(start, kept).CopyTo(larger);
            buffer = larger;
            scanned -= start;
            opened = opened < 0 ? -1 : opened - start;
            start = 0;
            length = kept;
        }

        var read = await stream.ReadAsync(buffer.AsMemory(length), cancel).ConfigureAwait(false);
        length += read;
        isEnd = read == 0;
    }
}
