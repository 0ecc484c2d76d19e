using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Extraction;

/// <summary>
/// Cuts a file, also gzipped, into blocks. Whether it is NDJSON or one document that may run over many lines is read from its first
/// line. Memory is bounded by <see cref="MaxDocument"/>, however large the file.
/// </summary>
internal sealed class BlockReader : IDisposable
{
    /// <summary>Bytes of one document: a bundle in one piece, or one line.</summary>
    public const int MaxDocument = 512 * 1024 * 1024;

    private const int BlockSize = 1 << 20;

    private readonly string file;
    private readonly Stream stream;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int filled;
    private long line = 1;
    private bool isStarted;
    private int linesEnd;
    private bool isEnd;

    private BlockReader(string file, Stream stream)
    {
        this.file = file;
        this.stream = stream;
    }

    public static Outcome<BlockReader> Open(string file)
    {
        FileStream? raw = null;
        try
        {
            raw = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            Span<byte> start = stackalloc byte[2];
            var isPacked = raw.CanSeek && raw.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1F, 0x8B];
            if (raw.CanSeek)
            {
                raw.Position = 0;
            }

            return new BlockReader(file, isPacked ? new GZipStream(raw, CompressionMode.Decompress) : raw);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            raw?.Dispose();
            return ExtractionProblems.Unreadable(file, fault.Message);
        }
    }

    /// <summary>The next block; null at the end.</summary>
    public Outcome<InputBlock?> Next()
    {
        try
        {
            return isStarted ? Lines() : First();
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException)
        {
            return ExtractionProblems.Unreadable(file, fault.Message);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        stream.Dispose();
    }

    private Outcome<InputBlock?> First()
    {
        isStarted = true;
        var start = 0;
        var end = -1;
        for (var searched = 0; end < 0 && Fill(); searched = filled)
        {
            if (filled >= MaxDocument)
            {
                return ExtractionProblems.TooLarge(file, line, MaxDocument);
            }

            // Empty lines and a byte order mark before the first line say nothing about it.
            while (start < filled && buffer[start] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xEF or 0xBB or 0xBF)
            {
                start++;
            }

            var from = Math.Max(start, searched);
            end = buffer.AsSpan(from, filled - from).IndexOf((byte)'\n');
            end = end < 0 ? -1 : end + from;
        }

        if (end < 0 || IsWhole(buffer.AsSpan(start, end - start)))
        {
            return Lines();
        }

        while (Fill())
        {
            if (filled >= MaxDocument)
            {
                return ExtractionProblems.TooLarge(file, 1, MaxDocument);
            }
        }

        return Take(filled, areLines: false);
    }

    private Outcome<InputBlock?> Lines()
    {
        while (true)
        {
            // What is there goes out as soon as it has a line's end and is large enough to be worth a thread.
            if (linesEnd > 0 && (filled >= BlockSize / 2 || isEnd))
            {
                return Take(isEnd ? filled : linesEnd, areLines: true);
            }

            if (isEnd)
            {
                return filled > 0 ? Take(filled, areLines: true) : (InputBlock?)null;
            }

            if (filled >= MaxDocument)
            {
                return ExtractionProblems.TooLarge(file, line, MaxDocument);
            }

            Fill();
        }
    }

    /// <summary>Hands the first bytes over with their buffer; what is left has no whole line.</summary>
    private InputBlock Take(int length, bool areLines)
    {
        var rest = filled - length;
        var next = ArrayPool<byte>.Shared.Rent(Math.Max(BlockSize, rest));
        buffer.AsSpan(length, rest).CopyTo(next);
        var block = new InputBlock(file, buffer, length, line, areLines);
        line += buffer.AsSpan(0, length).Count((byte)'\n');
        (buffer, filled, linesEnd) = (next, rest, 0);
        return block;
    }

    /// <summary>Reads on, into a larger buffer where this one is full; false at the end.</summary>
    private bool Fill()
    {
        if (isEnd)
        {
            return false;
        }

        if (filled == buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, filled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        var read = stream.Read(buffer, filled, buffer.Length - filled);
        var last = buffer.AsSpan(filled, read).LastIndexOf((byte)'\n');
        linesEnd = last < 0 ? linesEnd : filled + last + 1;
        filled += read;
        isEnd = read == 0;
        return !isEnd;
    }

    private static bool IsWhole(ReadOnlySpan<byte> text)
    {
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 200 });
            reader.Read();
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            // A line that is no JSON by itself, though it closes what it opens, is still a line: of NDJSON with a fault.
            return text.TrimEnd(" \t\r"u8) is [.., (byte)'}'] && text.TrimStart(" \t\r\n"u8).StartsWith("{\""u8);
        }
    }
}
