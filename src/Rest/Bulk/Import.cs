using System.Buffers;
using System.Globalization;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Kangqiao.Rest.Bulk;

/// <summary>
/// The kick-off of $import: NDJSON as the request's body, or a manifest that names files to fetch. Answers at once;
/// <see cref="ImportWork"/> does it.
/// </summary>
internal static class Import
{
    public const string Kind = "import";

    private const int MostManifestBytes = 4 * 1024 * 1024;

    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (room.Options.WorkFolder is null)
        {
            return Answer.Refused(Problems.NoWorkFolder());
        }

        if (ask.Http is not { } http)
        {
            return Answer.Refused(Problems.NotInBundle("$import"));
        }

        var media = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) ? type.MediaType.Value?.ToLowerInvariant() : null;
        switch (media)
        {
            case "application/fhir+ndjson" or "application/ndjson" or "application/x-ndjson":
                return await BodyAsync(room, ask, http, cancel);
            case Negotiation.FhirJson or "application/json":
                return await ManifestAsync(room, ask, http, cancel);
            default:
                return Answer.Refused(Problems.UnsupportedMedia(http.Request.ContentType ?? "no Content-Type"), 415);
        }
    }

    private static async ValueTask<Answer> ManifestAsync(RestRoom room, Ask ask, HttpContext http, CancellationToken cancel)
    {
        var body = new ArrayBufferWriter<byte>(16 * 1024);
        for (int read; (read = await http.Request.Body.ReadAsync(body.GetMemory(16 * 1024), cancel)) > 0;)
        {
            body.Advance(read);
            if (body.WrittenCount > MostManifestBytes)
            {
                return Answer.Refused(Problems.BodyTooLarge(MostManifestBytes));
            }
        }

        if (!ImportAsk.InputsOf(body.WrittenMemory).Try(out var inputs, out var problem))
        {
            return Answer.Refused(problem);
        }

        foreach (var input in inputs)
        {
            if (room.Options.Outgoing.Refusal(input.Url!) is { } refused)
            {
                return Answer.Refused(refused);
            }
        }

        return await AddAsync(room, ask, room.Ids.NextId(), inputs, cancel);
    }

    private static async ValueTask<Answer> BodyAsync(RestRoom room, Ask ask, HttpContext http, CancellationToken cancel)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
        {
            bound.MaxRequestBodySize = room.Options.MostImportBytes;
        }

        var encoding = http.Request.Headers.ContentEncoding.ToString().Trim();
        if (encoding is not ("" or "identity" or "gzip"))
        {
            return Answer.Refused(Problems.UnsupportedEncoding(encoding), 415);
        }

        var id = room.Ids.NextId();
        var isKept = false;
        try
        {
            if (await ImportSource.SpoolAsync(http.Request.Body, ImportSource.PathOf(room, id, 0), room.Options.MostImportBytes, cancel) is { } problem)
            {
                return Answer.Refused(problem);
            }

            var answer = await AddAsync(room, ask, id, [new BulkInput(null, null)], cancel);
            isKept = answer.Status == 202;
            return answer;
        }
        catch (IOException full) when (!http.RequestAborted.IsCancellationRequested && full is not BadHttpRequestException)
        {
            return Answer.Refused(Store.Problems.DiskFull());
        }
        finally
        {
            if (!isKept)
            {
                BulkFolder.Remove(room, id);
            }
        }
    }

    private static ValueTask<Answer> AddAsync(RestRoom room, Ask ask, string id, BulkInput[] inputs, CancellationToken cancel)
    {
        var import = new ImportAsk(BulkOwner.Of(ask.Caller), $"{ask.Base}/{ask.Address}", ask.Base, inputs, room.Time.GetUtcNow());
        return BulkJob.AddAsync(room, ask, Kind, import.Write(), cancel, id);
    }
}

/// <summary>The files of an import as they lie on our disk: unpacked, so that a run can go on at any byte.</summary>
internal static class ImportSource
{
    public static string PathOf(RestRoom room, string job, int input) =>
        Path.Combine(BulkFolder.Of(room, job), string.Create(CultureInfo.InvariantCulture, $"source-{input + 1}.ndjson"));

    /// <summary>Copies a stream, unpacked when it is gzip, and gives the file its name only when it is whole.</summary>
    public static async Task<Problem?> SpoolAsync(Stream source, string path, long most, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var coming = path + ".coming";
        try
        {
            await using (var file = File.Create(coming))
            {
                var head = new byte[2];
                var length = await source.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, cancel);
                var whole = new Joined(head.AsMemory(0, length), source);
                var isPacked = length == 2 && head[0] == 0x1F && head[1] == 0x8B;
                await using Stream plain = isPacked ? new System.IO.Compression.GZipStream(whole, System.IO.Compression.CompressionMode.Decompress) : whole;
                var buffer = new byte[128 * 1024];
                for (int read; (read = await plain.ReadAsync(buffer, cancel)) > 0;)
                {
                    await file.WriteAsync(buffer.AsMemory(0, read), cancel);
                    if (file.Position > most)
                    {
                        return Problems.BodyTooLarge(most);
                    }
                }

                file.Flush(flushToDisk: true);
            }

            File.Move(coming, path, overwrite: true);
            return null;
        }
        catch (InvalidDataException)
        {
            return Problems.BadPacking();
        }
        finally
        {
            File.Delete(coming);
        }
    }

    /// <summary>What was read already, and then the rest.</summary>
    private sealed class Joined(ReadOnlyMemory<byte> head, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> left = head;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left.IsEmpty)
            {
                return await rest.ReadAsync(buffer, cancellationToken);
            }

            var taken = Math.Min(left.Length, buffer.Length);
            left[..taken].CopyTo(buffer);
            left = left[taken..];
            return taken;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
