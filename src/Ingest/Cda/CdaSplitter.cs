using System.Buffers;
using System.Runtime.CompilerServices;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda;

/// <summary>
/// A stream of documents, one behind the other, as units: a document ends behind its <c>&lt;/ClinicalDocument&gt;</c>. No more
/// than one document is in memory, and of one that is too long no more than the bound.
/// </summary>
internal static class CdaSplitter
{
    private const int Piece = 64 * 1024;
    // A start tag with its namespaces; a tag that has not ended by then is not waited for.
    private const int LongestTag = 8 * 1024;

    public static async IAsyncEnumerable<RawUnit> SplitAsync(
        Stream stream, int maxBytes, [EnumeratorCancellation] CancellationToken cancel)
    {
        var buffer = new Growing(maxBytes);
        var piece = ArrayPool<byte>.Shared.Rent(Piece);
        var count = 0L;
        try
        {
            int read;
            while ((read = await stream.ReadAsync(piece.AsMemory(0, Piece), cancel).ConfigureAwait(false)) > 0)
            {
                for (var taken = 0; taken < read;)
                {
                    taken += buffer.Append(piece.AsSpan(taken, read - taken), out var isWhole);
                    if (isWhole)
                    {
                        yield return new RawUnit(count++, buffer.Take());
                    }
                }
            }

            // What is left is blank behind the last document, a document cut short, or no document at all: the latter two are
            // units, so that they are kept and answered. Nothing sent is answered too.
            if (!buffer.IsBlank || count == 0)
            {
                yield return new RawUnit(count, buffer.Take());
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static readonly SearchValues<byte> NotInNames = SearchValues.Create(" \t\r\n<>\"'"u8);

    private sealed class Growing(int maxBytes)
    {
        private byte[] bytes = new byte[Piece];
        private int length;
        // Up to where no end was found.
        private int searched;
        private bool isCut;

        public bool IsBlank => bytes.AsSpan(0, length).IndexOfAnyExcept(" \t\r\n\0"u8) < 0;

        /// <summary>Takes what belongs to the current document.</summary>
        /// <returns>How many bytes were taken.</returns>
        public int Append(ReadOnlySpan<byte> more, out bool isWhole)
        {
            var before = Keep(more);
            var end = EndOfDocument();
            isWhole = end >= 0;
            if (!isWhole)
            {
                return more.Length;
            }

            var taken = Math.Max(1, end - before);
            length = end;
            return taken;
        }

        public ReadOnlyMemory<byte> Take()
        {
            // One byte beyond the bound stands for all that was cut, so that mapping sees that something was.
            var unit = bytes.AsMemory(0, length);
            bytes = new byte[Piece];
            length = 0;
            searched = 0;
            isCut = false;
            return unit;
        }

        /// <returns>Where the new bytes begin.</returns>
        private int Keep(ReadOnlySpan<byte> more)
        {
            if (isCut)
            {
                // The tail is kept turning over, only to find the end of the document by.
                const int window = 256;
                var kept = Math.Min(window, length - maxBytes - 1);
                bytes.AsSpan(length - kept, kept).CopyTo(bytes.AsSpan(maxBytes + 1));
                length = maxBytes + 1 + kept;
                searched = maxBytes + 1;
            }

            if (bytes.Length - length < more.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, Math.Max((long)bytes.Length * 2, length + (long)more.Length)));
            }

            var before = length;
            more.CopyTo(bytes.AsSpan(length));
            length += more.Length;
            isCut |= length > maxBytes;
            return before;
        }

        private int EndOfDocument()
        {
            var span = bytes.AsSpan(0, length);
            while (true)
            {
                var found = span[searched..].IndexOf("ClinicalDocument"u8);
                if (found < 0)
                {
                    searched = Math.Max(searched, length - 64);
                    return -1;
                }

                var name = searched + found;
                var close = span[name..].IndexOf((byte)'>');
                if (close < 0 && length - name < LongestTag)
                {
                    return -1;
                }

                searched = name + "ClinicalDocument".Length;
                if (close < 0)
                {
                    continue;
                }

                var slash = span[Math.Max(0, name - 32)..name].LastIndexOf((byte)'/');
                var isEnd = slash >= 0
                    && Math.Max(0, name - 32) + slash - 1 is var angle and >= 0 && span[angle] == '<'
                    && !span[(angle + 2)..name].ContainsAny(NotInNames)
                    && (name == angle + 2 || span[name - 1] == ':')
                    && span[searched..(name + close)].Trim(" \t\r\n"u8).IsEmpty;
                if (isEnd)
                {
                    return name + close + 1;
                }
            }
        }
    }
}
