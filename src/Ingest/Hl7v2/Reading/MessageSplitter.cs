using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Reading;

/// <summary>
/// A stream of messages, bare, in MLLP blocks or in a batch file (FHS, BHS, BTS, FTS; chapter 2.10.3), as units. It holds one
/// message at a time. Every byte between two headers belongs to the message before it, so that nothing sent is lost.
/// </summary>
/// <remarks>
/// A batch whose trailer counts otherwise than we did becomes one more unit, without a message: the trailer as sent, and in its
/// preamble what we counted.
/// </remarks>
internal sealed class MessageSplitter(int maxBytes = MessageReader.MaxBytes)
{
    /// <summary>The preamble of a trailer that never came.</summary>
    public const string NoTrailer = "none";

    private const int ChunkBytes = 64 * 1024;
    private const int MaxTrailer = 256;

    private readonly ArrayBufferWriter<byte> message = new(4096);
    private readonly byte[] head = new byte[4];
    private readonly List<byte> trailer = [];
    private readonly Queue<RawUnit> ready = new();
    private int headLength;
    private bool isFirstByte = true;
    private LineKind line = LineKind.Unknown;
    private long index;
    private int messagesInBatch;
    private int batchesInFile;
    private bool inBatch;
    private bool inFile;

    private enum LineKind
    {
        Unknown,
        Message,
        Envelope,
        Trailer,
    }

    public static async IAsyncEnumerable<RawUnit> SplitAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var splitter = new MessageSplitter();
        var chunk = new byte[ChunkBytes];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancel)) > 0)
        {
            splitter.Feed(chunk.AsSpan(0, read));
            while (splitter.ready.TryDequeue(out var unit))
            {
                yield return unit;
            }
        }

        splitter.End();
        while (splitter.ready.TryDequeue(out var unit))
        {
            yield return unit;
        }
    }

    private void Feed(ReadOnlySpan<byte> chunk)
    {
        if (isFirstByte && chunk.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            chunk = chunk[3..];
        }

        isFirstByte = false;
        while (!chunk.IsEmpty)
        {
            if (line == LineKind.Unknown)
            {
                Head(chunk[0]);
                chunk = chunk[1..];
                continue;
            }

            var at = chunk.IndexOfAny((byte)'\r', (byte)'\n');
            var part = at < 0 ? chunk : chunk[..(at + 1)];
            Append(part);
            chunk = chunk[part.Length..];
            if (at >= 0)
            {
                EndLine();
            }
        }
    }

    private void End()
    {
        if (line == LineKind.Unknown)
        {
            Append(head.AsSpan(0, headLength));
        }

        if (line == LineKind.Trailer)
        {
            EndLine();
        }

        EndMessage();
        if (inBatch || inFile)
        {
            Report(inBatch ? "BTS"u8.ToArray() : "FTS"u8.ToArray(), NoTrailer);
        }
    }

    /// <summary>The first bytes of a line, until they tell what it is.</summary>
    private void Head(byte next)
    {
        if (headLength == 0 && next is 0x0B or 0x1C)
        {
            return;
        }

        if (next is (byte)'\r' or (byte)'\n')
        {
            Append(head.AsSpan(0, headLength));
            Append([next]);
            headLength = 0;
            return;
        }

        head[headLength++] = next;
        if (headLength < head.Length)
        {
            return;
        }

        line = Kind();
        switch (line)
        {
            case LineKind.Envelope:
                EndMessage();
                Open();
                break;
            case LineKind.Trailer:
                EndMessage();
                trailer.AddRange(head);
                break;
            default:
                if (head.AsSpan().StartsWith("MSH"u8) && !char.IsAsciiLetterOrDigit((char)head[3]))
                {
                    EndMessage();
                }

                Append(head);
                break;
        }

        headLength = 0;
    }

    private LineKind Kind()
    {
        if (char.IsAsciiLetterOrDigit((char)head[3]))
        {
            return LineKind.Message;
        }

        var name = head.AsSpan(0, 3);
        return name.SequenceEqual("FHS"u8) || name.SequenceEqual("BHS"u8) ? LineKind.Envelope
            : name.SequenceEqual("BTS"u8) || name.SequenceEqual("FTS"u8) ? LineKind.Trailer
            : LineKind.Message;
    }

    private void Open()
    {
        if (head[0] == 'F')
        {
            inFile = true;
            batchesInFile = 0;
        }
        else
        {
            inBatch = true;
            messagesInBatch = 0;
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        switch (line)
        {
            case LineKind.Envelope:
                return;
            case LineKind.Trailer:
                trailer.AddRange(bytes[..Math.Min(bytes.Length, MaxTrailer - trailer.Count)]);
                return;
            default:
                // One byte more than the bound is kept, by which the reader knows that it was cut.
                var room = maxBytes + 1 - message.WrittenCount;
                if (room > 0)
                {
                    message.Write(bytes[..Math.Min(bytes.Length, room)]);
                }

                return;
        }
    }

    private void EndLine()
    {
        if (line == LineKind.Trailer)
        {
            Count();
            trailer.Clear();
        }

        line = LineKind.Unknown;
    }

    /// <summary>BTS-1 counts the messages of the batch, FTS-1 the batches of the file; either may be left out.</summary>
    private void Count()
    {
        var isBatch = trailer[0] == 'B';
        var counted = isBatch ? messagesInBatch : batchesInFile;
        var text = Encoding.Latin1.GetString([.. trailer]).TrimEnd();
        var said = text.Length > 4 ? text[4..].Split(text[3])[0].Trim() : "";
        if (said.Length > 0 && (!int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number != counted))
        {
            Report(Encoding.Latin1.GetBytes(text), counted.ToString(CultureInfo.InvariantCulture));
        }

        if (isBatch)
        {
            batchesInFile++;
            inBatch = false;
        }
        else
        {
            inFile = false;
        }
    }

    private void EndMessage()
    {
        var bytes = message.WrittenSpan.TrimEnd("\r\n\u001c\0 "u8);
        if (!bytes.TrimStart("\r\n\t \0"u8).IsEmpty)
        {
            // What was cut stays longer than the bound.
            ready.Enqueue(new RawUnit(index++, message.WrittenCount > maxBytes ? message.WrittenSpan.ToArray() : bytes.ToArray()));
            messagesInBatch++;
        }

        message.ResetWrittenCount();
    }

    private void Report(byte[] line, string counted) => ready.Enqueue(new RawUnit(index++, line, Encoding.ASCII.GetBytes(counted)));
}
