using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Fhir;

/// <summary>
/// Takes a stream apart: NDJSON line by line, anything else as the one document it is. It is NDJSON when the first line is a
/// whole JSON value, or when it is not but the second begins one.
/// </summary>
internal static class FhirSplitter
{
    /// <summary>Bytes of one unit: what the kernel reads at most.</summary>
    public const int MostUnitBytes = 64 * 1024 * 1024;

    private const int Buffer = 256 * 1024;

    public static async IAsyncEnumerable<RawUnit> SplitAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancel)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: Buffer, leaveOpen: true));
        try
        {
            bool? isLines = null;
            var isSkipping = false;
            long index = 0;
            while (true)
            {
                var result = await reader.ReadAsync(cancel);
                var buffer = result.Buffer;
                isLines ??= Decide(buffer, result.IsCompleted);
                if (isLines == true)
                {
                    while (TakeLine(ref buffer, result.IsCompleted, out var line))
                    {
                        if (isSkipping)
                        {
                            isSkipping = false;
                        }
                        else if (Bytes(line) is { Length: > 0 } bytes)
                        {
                            yield return new RawUnit(index++, bytes);
                        }
                    }
                }

                if (buffer.Length > MostUnitBytes)
                {
                    if (!isSkipping)
                    {
                        yield return new RawUnit(index++, buffer.Slice(0, MostUnitBytes + 1).ToArray());
                    }

                    // What follows of it is passed over, up to the next line, or to the end.
                    isSkipping = true;
                    isLines ??= false;
                    buffer = buffer.Slice(buffer.End);
                }

                if (result.IsCompleted)
                {
                    if (isLines != true && !isSkipping && Bytes(buffer) is { Length: > 0 } document)
                    {
                        yield return new RawUnit(index, document);
                    }

                    break;
                }

                reader.AdvanceTo(buffer.Start, result.Buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>Null while it cannot be told.</summary>
    private static bool? Decide(ReadOnlySequence<byte> buffer, bool isEnd)
    {
        if (!TakeWritten(ref buffer, isEnd, out var first))
        {
            return isEnd ? false : null;
        }

        if (IsValue(first))
        {
            return true;
        }

        if (!TakeWritten(ref buffer, isEnd, out var second))
        {
            return isEnd ? false : buffer.Length > MostUnitBytes ? false : null;
        }

        // "{" alone begins an indented document; a line that breaks off before one that begins anew is a broken line.
        return second[0] == (byte)'{' && first.Length > 1;
    }

    /// <summary>The next line that has something in it.</summary>
    private static bool TakeWritten(ref ReadOnlySequence<byte> buffer, bool isEnd, out byte[] line)
    {
        while (TakeLine(ref buffer, isEnd, out var taken))
        {
            line = Bytes(taken);
            if (line.Length > 0)
            {
                return true;
            }
        }

        line = [];
        return false;
    }

    private static bool TakeLine(ref ReadOnlySequence<byte> buffer, bool isEnd, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } at)
        {
            line = buffer.Slice(0, at);
            buffer = buffer.Slice(buffer.GetPosition(1, at));
            return true;
        }

        line = buffer;
        if (!isEnd || buffer.IsEmpty)
        {
            return false;
        }

        buffer = buffer.Slice(buffer.End);
        return true;
    }

    /// <summary>Without white space and byte order mark around it.</summary>
    private static byte[] Bytes(ReadOnlySequence<byte> text)
    {
        if (text.IsSingleSegment)
        {
            return Trimmed(text.FirstSpan).ToArray();
        }

        var bytes = text.ToArray();
        var trimmed = Trimmed(bytes);
        return trimmed.Length == bytes.Length ? bytes : trimmed.ToArray();
    }

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("\uFEFF"u8))
        {
            text = text[3..];
        }

        return text.Trim(" \t\r\n"u8);
    }

    private static bool IsValue(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 512 });
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
