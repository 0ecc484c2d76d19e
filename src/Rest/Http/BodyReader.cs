using System.Buffers;
using System.IO.Compression;
using Kangqiao.Kernel;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Rest.Http;

/// <summary>A body in a rented buffer. Dispose it when nothing looks at its bytes any more.</summary>
internal sealed class HeldBody(BytesInFlight flight) : IDisposable
{
    private byte[] buffer = [];
    private int length;
    private long taken;

    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

    /// <summary>Room for at least one more byte; false when all bodies together take too much already.</summary>
    public bool TryGrow(int least)
    {
        if (buffer.Length - length >= Math.Max(least, 1))
        {
            return true;
        }

        var size = Math.Max(buffer.Length * 2, Math.Max(length + least, 16 * 1024));
        if (!flight.TryTake(size - taken))
        {
            return false;
        }

        taken = size;
        var larger = ArrayPool<byte>.Shared.Rent(size);
        buffer.AsSpan(0, length).CopyTo(larger);
        Return();
        buffer = larger;
        return true;
    }

    public Memory<byte> Room => buffer.AsMemory(length);

    public void Advance(int bytes) => length += bytes;

    public void Dispose()
    {
        Return();
        buffer = [];
        length = 0;
        flight.Give(taken);
        taken = 0;
    }

    private void Return()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>Reads a body whole, unpacked, within bounds that hold for what is unpacked: a zip bomb ends there.</summary>
internal sealed class BodyReader(RestOptions options)
{
    private const int Step = 64 * 1024;

    private readonly BytesInFlight flight = new(options.MostBytesInFlight);

    /// <exception cref="BadHttpRequestException">The client broke off or sent no HTTP.</exception>
    public async ValueTask<(HeldBody? Body, Problem? Problem, int? Status)> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > options.MostBodyBytes)
        {
            return (null, Problems.BodyTooLarge(options.MostBodyBytes), null);
        }

        var encoding = request.Headers.ContentEncoding.ToString().Trim();
        var stream = Unpacked(encoding, request.Body);
        if (stream is null)
        {
            return (null, Problems.UnsupportedEncoding(encoding), 415);
        }

        var body = new HeldBody(flight);
        var isWhole = false;
        try
        {
            // One byte more than announced, so that the last read finds the end without growing.
            var hint = encoding.Length == 0 ? (int)Math.Min((request.ContentLength ?? 0) + 1, options.MostBodyBytes) : 0;
            while (true)
            {
                if (!body.TryGrow(body.Bytes.IsEmpty ? hint : 1))
                {
                    return (null, Problems.Busy(), null);
                }

                var room = body.Room;
                var read = await stream.ReadAsync(room.Length > Step && encoding.Length > 0 ? room[..Step] : room, cancel);
                if (read == 0)
                {
                    isWhole = true;
                    return (body, null, null);
                }

                body.Advance(read);
                if (body.Bytes.Length > options.MostBodyBytes)
                {
                    return (null, Problems.BodyTooLarge(options.MostBodyBytes), null);
                }
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or InvalidOperationException && encoding.Length > 0)
        {
            return (null, Problems.BadPacking(), null);
        }
        finally
        {
            if (!isWhole)
            {
                body.Dispose();
            }

            if (!ReferenceEquals(stream, request.Body))
            {
                await stream.DisposeAsync();
            }
        }
    }

    private static Stream? Unpacked(string encoding, Stream body) => encoding.ToLowerInvariant() switch
    {
        "" or "identity" => body,
        "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress, leaveOpen: true),
        "br" => new BrotliStream(body, CompressionMode.Decompress, leaveOpen: true),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress, leaveOpen: true),
        _ => null,
    };
}
