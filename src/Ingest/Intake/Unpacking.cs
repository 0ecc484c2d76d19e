using System.IO.Compression;
using Kangqiao.Kernel;

namespace Kangqiao.Ingest.Intake;

/// <summary>A body unpacked as it is read, whether it says that it is packed or only is. What unpacks to far too much ends.</summary>
internal static class Unpacking
{
    /// <summary>Text packs to a tenth or a twentieth; beyond this it is a bomb.</summary>
    public const int MostRatio = 100;

    /// <summary>So much may come out of anything.</summary>
    private const long Free = 16L * 1024 * 1024;

    /// <param name="encoding">Content-Encoding; null or empty where none was named.</param>
    /// <returns>Null where the encoding is not read here.</returns>
    public static async ValueTask<Stream?> OpenAsync(Stream body, string? encoding, CancellationToken cancel)
    {
        var counted = new CountedStream(body);
        switch (encoding?.Trim().ToLowerInvariant())
        {
            case "br":
                return new BoundedStream(new BrotliStream(counted, CompressionMode.Decompress), counted);
            case "gzip" or "x-gzip":
                return new BoundedStream(new GZipStream(counted, CompressionMode.Decompress), counted);
            case null or "" or "identity":
                break;
            default:
                return null;
        }

        var start = new byte[2];
        var length = await body.ReadAtLeastAsync(start, 2, throwOnEndOfStream: false, cancel);
        var whole = new StartedStream(start.AsMemory(0, length), counted);
        return start is [0x1F, 0x8B] ? new BoundedStream(new GZipStream(whole, CompressionMode.Decompress), counted) : whole;
    }

    /// <summary>What a failure to unpack means; null for a failure of another kind.</summary>
    public static Problem? Refusal(Exception fault) => fault switch
    {
        BombException => Problems.Bomb(MostRatio),
        InvalidDataException => Problems.BadPacking(),
        _ => null,
    };

    private sealed class BombException() : IOException("It unpacks to too much.");

    private sealed class CountedStream(Stream inner) : ForwardStream
    {
        public long Count { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Count += read;
            return read;
        }
    }

    private sealed class StartedStream(ReadOnlyMemory<byte> start, Stream rest) : ForwardStream
    {
        private ReadOnlyMemory<byte> start = start;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (start.IsEmpty)
            {
                return rest.ReadAsync(buffer, cancellationToken);
            }

            var count = Math.Min(start.Length, buffer.Length);
            start[..count].CopyTo(buffer);
            start = start[count..];
            return new(count);
        }
    }

    private sealed class BoundedStream(Stream unpacked, CountedStream packed) : ForwardStream
    {
        private long count;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await unpacked.ReadAsync(buffer, cancellationToken);
            count += read;
            return count > Free && count > packed.Count * MostRatio ? throw new BombException() : read;
        }

        protected override void Dispose(bool disposing)
        {
            unpacked.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>A stream that is only read, from start to end.</summary>
internal abstract class ForwardStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
