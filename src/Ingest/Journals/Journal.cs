using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Kangqiao.Kernel;
using Kangqiao.Ledger;

namespace Kangqiao.Ingest.Journals;

/// <summary>How the journal is kept.</summary>
/// <param name="Folder">Of its own.</param>
internal sealed record JournalOptions(string Folder)
{
    public long MostSegmentBytes { get; init; } = 64L * 1024 * 1024;
}

/// <summary>
/// Everything that was sent, exactly as it was sent, written durably before a receipt number is given. Append-only files by day of
/// Asia/Shanghai. One writer packs what has come meanwhile into blocks and waits for the disk once for all of it. What was
/// received and not finished when the process ended is found again at the next start.
/// </summary>
internal sealed class Journal : IAsyncDisposable
{
    /// <summary>Bodies up to this size are one frame, and stay in memory until they are worked on.</summary>
    public const int MostInline = 64 * 1024;

    /// <summary>Blocks that were read last and are kept, a quarter of a megabyte each.</summary>
    private const int MostBlocks = 8;

    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    private readonly JournalOptions options;
    private readonly TimeProvider time;
    private readonly FileStream ownership;
    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(512) { SingleReader = true });
    private readonly HashSet<Guid> broken = [];
    private readonly Dictionary<Guid, JournalPlace> starts = [];
    private readonly List<(JournalPlace Place, byte[] Bytes)> blocks = [];
    private readonly Dictionary<string, int> open = new(StringComparer.Ordinal);
    private readonly Task loop;
    private FileStream? file;
    private string segment = "";
    private string day = "";
    private int segments;

    private Journal(JournalOptions options, TimeProvider time, FileStream ownership)
    {
        this.options = options;
        this.time = time;
        this.ownership = ownership;
        Unfinished = Recover();
        loop = Task.Run(RunAsync);
    }

    /// <summary>Received before this start and not finished, oldest first.</summary>
    public IReadOnlyList<Received> Unfinished { get; }

    /// <summary>Takes the folder, which belongs to one process at a time.</summary>
    public static Outcome<Journal> Open(JournalOptions options, TimeProvider time)
    {
        try
        {
            Directory.CreateDirectory(options.Folder);
            var taken = new FileStream(Path.Combine(options.Folder, "journal.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new Journal(options, time, taken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problems.JournalTaken(options.Folder, failure.Message);
        }
    }

    /// <summary>Keeps a body of any length. When it answers with a value, the body is on the disk.</summary>
    public async ValueTask<Outcome<Received>> AppendAsync(ReceivedHead head, Stream body, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = ArrayPool<byte>.Shared.Rent(MostInline);
        try
        {
            var length = await body.ReadAtLeastAsync(chunk.AsMemory(0, MostInline), MostInline, throwOnEndOfStream: false, cancel);
            hash.AppendData(chunk, 0, length);
            if (length < MostInline)
            {
                var whole = chunk.AsSpan(0, length).ToArray();
                var kept = await PutAsync(FrameKind.Whole, head, Content(head, whole), isRented: false, mustWait: true, cancel);
                return kept.Then<Received>(place => new Received(head, place!, length, Hex(hash)) { Inline = whole });
            }

            if ((await PutAsync(FrameKind.Begin, head, Content(head, []), isRented: false, mustWait: true, cancel)).Problem is { } refused)
            {
                return refused;
            }

            var start = Start(head.Number);
            long total = 0;
            while (length > 0)
            {
                total += length;
                var part = (await PutAsync(FrameKind.Part, head, chunk.AsMemory(0, length), isRented: true, mustWait: false, cancel)).Problem;
                chunk = ArrayPool<byte>.Shared.Rent(MostInline);
                if (part is not null)
                {
                    return part;
                }

                length = await body.ReadAtLeastAsync(chunk.AsMemory(0, MostInline), MostInline, throwOnEndOfStream: false, cancel);
                hash.AppendData(chunk, 0, length);
            }

            var end = new EndOfBody(total, Hex(hash));
            var content = JsonSerializer.SerializeToUtf8Bytes(end, LedgerJson.Options);
            return (await PutAsync(FrameKind.End, head, content, isRented: false, mustWait: true, cancel))
                .Then<Received>(_ => new Received(head, start, end.Bytes, end.Hash));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Keeps a body that is in memory already. When it answers with a value, the body is on the disk.</summary>
    public async ValueTask<Outcome<Received>> AppendAsync(ReceivedHead head, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        if (body.Length >= MostInline)
        {
            await using var stream = new MemoryStream(body.ToArray(), writable: false);
            return await AppendAsync(head, stream, cancel);
        }

        var kept = await PutAsync(FrameKind.Whole, head, Content(head, body.Span), isRented: false, mustWait: true, cancel);
        return kept.Then<Received>(place => new Received(head, place!, body.Length, Convert.ToHexStringLower(SHA256.HashData(body.Span))) { Inline = body });
    }

    /// <summary>
    /// A body of one frame; null for a longer one, or where its file is gone. What waits is asked for in the order in which it came, so
    /// the blocks read last are kept.
    /// </summary>
    public ReadOnlyMemory<byte>? ReadWhole(Guid number, JournalPlace place)
    {
        lock (blocks)
        {
            var at = blocks.FindIndex(b => b.Place == place);
            var block = at >= 0 ? blocks[at].Bytes : ReadBlock(place);
            if (block is null)
            {
                return null;
            }

            if (at < 0)
            {
                if (blocks.Count == MostBlocks)
                {
                    blocks.RemoveAt(0);
                }

                blocks.Add((place, block));
            }

            ReadOnlySpan<byte> rest = block;
            while (Frame.TryRead(ref rest, out var frame))
            {
                if (frame.Kind == FrameKind.Whole && frame.Number == number)
                {
                    return frame.Bytes[HeadOf(frame.Bytes).Start..].ToArray();
                }
            }

            return null;
        }
    }

    private byte[]? ReadBlock(JournalPlace place)
    {
        var path = Path.Combine(options.Folder, place.Segment);
        if (!File.Exists(path))
        {
            return null;
        }

        using var reading = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        reading.Position = place.Offset;
        var buffer = Array.Empty<byte>();
        return Segment.Read(reading, ref buffer) is >= 0 and var length ? buffer[..length] : null;
    }

    /// <summary>Notes that nothing is left to do. Lost in a power cut it costs only that the work is done once more, to no effect.</summary>
    public async ValueTask DoneAsync(Received received)
    {
        await PutAsync(FrameKind.Done, received.Head, Array.Empty<byte>(), isRented: false, mustWait: false, CancellationToken.None);
        lock (open)
        {
            if (open.TryGetValue(received.Place.Segment, out var left))
            {
                open[received.Place.Segment] = left - 1;
            }
        }

        MarkDone();
    }

    /// <summary>The body of a submission, from its start. Null where its file is gone.</summary>
    public Stream? OpenBody(Guid number, JournalPlace place)
    {
        var path = Path.Combine(options.Folder, place.Segment);
        return File.Exists(path) ? new BodyStream(options.Folder, number, place) : null;
    }

    /// <summary>What was received in a time, oldest first; not what was only done once more. Reads the whole of the files.</summary>
    public IEnumerable<Received> In(JournalRange range)
    {
        var (first, last) = (Day(range.From), Day(range.To));
        foreach (var name in Files(options.Folder))
        {
            // A body may end in a file of the day after.
            if (string.CompareOrdinal(name, 0, first, 0, first.Length) < 0 || string.CompareOrdinal(name, 0, last, 0, last.Length) > 0)
            {
                continue;
            }

            var heads = new Dictionary<Guid, (ReceivedHead Head, JournalPlace Place)>();
            var whole = new Dictionary<Guid, Received>();
            ReadFile(name, heads, whole, keepsDone: true);
            foreach (var received in whole.Values.Concat(heads.Select(h => Ended(h.Value.Head, h.Value.Place))).Where(r => r is not null).Select(r => r!)
                .Where(r => range.Holds(r.Head)).OrderBy(r => r.Head.ReceivedAt).ThenBy(r => r.Head.Number))
            {
                yield return received;
            }
        }
    }

    /// <summary>One whose end lies in a later file: read through for its length and hash. Null where it has no end.</summary>
    private Received? Ended(ReceivedHead head, JournalPlace place)
    {
        var heads = new Dictionary<Guid, (ReceivedHead Head, JournalPlace Place)> { [head.Number] = (head, place) };
        var whole = new Dictionary<Guid, Received>();
        foreach (var name in Files(options.Folder, place.Segment).Skip(1).Take(1_000))
        {
            ReadFile(name, heads, whole, keepsDone: true);
            if (whole.TryGetValue(head.Number, out var received))
            {
                return received;
            }
        }

        return null;
    }

    /// <summary>Forgets the files of days that are older, as far as all in them is finished.</summary>
    /// <returns>Files deleted.</returns>
    public int Forget(DateTimeOffset than)
    {
        var before = Day(than);
        var gone = 0;
        foreach (var done in Directory.GetFiles(options.Folder, "*" + Segment.DoneExtension))
        {
            var name = Path.GetFileNameWithoutExtension(done);
            if (string.CompareOrdinal(name, 0, before, 0, before.Length) < 0)
            {
                File.Delete(Path.Combine(options.Folder, name));
                File.Delete(done);
                gone++;
            }
        }

        return gone;
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
        await ownership.DisposeAsync();
    }

    /// <summary>Files in the order in which they were written, from one on.</summary>
    internal static IEnumerable<string> Files(string folder, string from = "") =>
        Directory.GetFiles(folder, "*" + Segment.Extension).Select(f => Path.GetFileName(f)!)
            .Where(f => string.CompareOrdinal(f, from) >= 0).Order(StringComparer.Ordinal);

    private static byte[] Content(ReceivedHead head, ReadOnlySpan<byte> body)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(head, LedgerJson.Options);
        var content = new byte[2 + json.Length + body.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(content, (ushort)json.Length);
        json.CopyTo(content, 2);
        body.CopyTo(content.AsSpan(2 + json.Length));
        return content;
    }

    internal static (ReceivedHead Head, int Start) HeadOf(ReadOnlySpan<byte> content)
    {
        var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(content);
        return (JsonSerializer.Deserialize<ReceivedHead>(content.Slice(2, length), LedgerJson.Options)!, 2 + length);
    }

    private static string Hex(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());

    private static string Day(DateTimeOffset instant) => instant.ToOffset(Shanghai).ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private JournalPlace Start(Guid number)
    {
        lock (starts)
        {
            starts.Remove(number, out var place);
            return place!;
        }
    }

    /// <returns>Where it lies, if it was waited for.</returns>
    private async ValueTask<Outcome<JournalPlace?>> PutAsync(
        FrameKind kind, ReceivedHead head, ReadOnlyMemory<byte> content, bool isRented, bool mustWait, CancellationToken cancel)
    {
        var done = mustWait ? new TaskCompletionSource<Outcome<JournalPlace?>>(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        try
        {
            await queue.Writer.WriteAsync(new Waiting(kind, head.Number, content, isRented, done), cancel);
        }
        catch (ChannelClosedException)
        {
            return Problems.Closing();
        }

        return done is null ? (JournalPlace?)null : await done.Task;
    }

    private async Task RunAsync()
    {
        var block = new ArrayBufferWriter<byte>(Segment.MostBlockBytes);
        var written = new List<(Waiting Item, JournalPlace Place)>();
        while (await queue.Reader.WaitToReadAsync())
        {
            written.Clear();
            var before = file?.Length ?? 0;
            try
            {
                Roll();
                before = file!.Position;
                var more = true;
                while (more && written.Count < 4_096)
                {
                    block.Clear();
                    var first = written.Count;
                    var place = new JournalPlace(segment, file.Position);
                    while (block.WrittenCount < Segment.MostBlockBytes && (more = queue.Reader.TryRead(out var item)))
                    {
                        if (IsBroken(item!))
                        {
                            continue;
                        }

                        Frame.WriteHead(block.GetSpan(Frame.HeadBytes), item!.Kind, item.Number, item.Content.Length);
                        block.Advance(Frame.HeadBytes);
                        block.Write(item.Content.Span);
                        written.Add((item, place));
                    }

                    if (written.Count > first)
                    {
                        var (rented, length) = Segment.Pack(block.WrittenSpan);
                        file.Write(rented, 0, length);
                        ArrayPool<byte>.Shared.Return(rented);
                    }
                }

                // The one wait for the disk, for all of them; nobody waits for parts and notes alone.
                if (written.Exists(w => w.Item.Done is not null))
                {
                    file.Flush(flushToDisk: true);
                }

                foreach (var (item, place) in written)
                {
                    Count(item, place);
                    item.Done?.TrySetResult(place);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                Refuse(written, before, failure.Message);
            }

            foreach (var (item, _) in written)
            {
                item.Return();
            }
        }

        if (file is not null)
        {
            file.Flush(flushToDisk: true);
            await file.DisposeAsync();
        }
    }

    /// <summary>What was written of the refused is cut off; and a new file is begun, should the cutting fail too.</summary>
    private void Refuse(List<(Waiting Item, JournalPlace Place)> written, long before, string why)
    {
        try
        {
            file?.SetLength(before);
            file?.Dispose();
        }
        catch (IOException)
        {
            // The rest of the file is not whole, and readers stop there.
        }

        file = null;

        // Nothing could be begun: what waits is refused now, rather than tried over and over.
        while (written.Count == 0 && queue.Reader.TryRead(out var waiting))
        {
            written.Add((waiting, new JournalPlace("", 0)));
        }

        foreach (var (item, _) in written)
        {
            if (item.Kind is FrameKind.Begin or FrameKind.Part)
            {
                broken.Add(item.Number);
            }

            item.Done?.TrySetResult(Problems.JournalFailed(why));
        }
    }

    /// <summary>A body of which a part could not be written is never called received.</summary>
    private bool IsBroken(Waiting item)
    {
        if (item.Kind is not (FrameKind.Part or FrameKind.End) || !broken.Contains(item.Number))
        {
            return false;
        }

        if (item.Kind == FrameKind.End)
        {
            broken.Remove(item.Number);
            item.Done?.TrySetResult(Problems.JournalFailed("a part of the body was not written"));
        }

        item.Return();
        return true;
    }

    private void Count(Waiting item, JournalPlace place)
    {
        if (item.Kind is FrameKind.Whole or FrameKind.Begin)
        {
            lock (open)
            {
                open[place.Segment] = open.GetValueOrDefault(place.Segment) + 1;
            }
        }

        if (item.Kind == FrameKind.Begin)
        {
            lock (starts)
            {
                starts[item.Number] = place;
            }
        }
    }

    private void Roll()
    {
        var today = Day(time.GetUtcNow());
        if (file is not null && day == today && file.Position < options.MostSegmentBytes)
        {
            return;
        }

        file?.Dispose();
        day = today;
        string path;
        do
        {
            segment = string.Create(CultureInfo.InvariantCulture, $"{today}-{++segments:D6}{Segment.Extension}");
            path = Path.Combine(options.Folder, segment);
        }
        while (File.Exists(path));
        file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 });
        MarkDone();
    }

    private void MarkDone()
    {
        lock (open)
        {
            foreach (var name in open.Where(o => o.Value <= 0 && o.Key != segment).Select(o => o.Key).ToArray())
            {
                open.Remove(name);
                File.WriteAllBytes(Path.Combine(options.Folder, name + Segment.DoneExtension), []);
            }
        }
    }

    private List<Received> Recover()
    {
        var heads = new Dictionary<Guid, (ReceivedHead Head, JournalPlace Place)>();
        var whole = new Dictionary<Guid, Received>();
        foreach (var name in Files(options.Folder))
        {
            if (File.Exists(Path.Combine(options.Folder, name + Segment.DoneExtension)))
            {
                continue;
            }

            lock (open)
            {
                open[name] = 0;
            }

            ReadFile(name, heads, whole, keepsDone: false);
        }

        lock (open)
        {
            foreach (var received in whole.Values)
            {
                open[received.Place.Segment]++;
            }
        }

        return [.. whole.Values.OrderBy(r => r.Head.ReceivedAt).ThenBy(r => r.Head.Number)];
    }

    private void ReadFile(string name, Dictionary<Guid, (ReceivedHead Head, JournalPlace Place)> heads, Dictionary<Guid, Received> whole, bool keepsDone)
    {
        var buffer = Array.Empty<byte>();
        using var reading = new FileStream(Path.Combine(options.Folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        for (var at = reading.Position; Segment.Read(reading, ref buffer) is >= 0 and var length; at = reading.Position)
        {
            ReadOnlySpan<byte> block = buffer.AsSpan(0, length);
            while (Frame.TryRead(ref block, out var frame))
            {
                switch (frame.Kind)
                {
                    case FrameKind.Whole:
                        var (head, start) = HeadOf(frame.Bytes);
                        whole[frame.Number] = new Received(
                            head, new JournalPlace(name, at), frame.Bytes.Length - start, Convert.ToHexStringLower(SHA256.HashData(frame.Bytes[start..])));
                        break;
                    case FrameKind.Begin:
                        heads[frame.Number] = (HeadOf(frame.Bytes).Head, new JournalPlace(name, at));
                        break;
                    case FrameKind.End when heads.Remove(frame.Number, out var begun):
                        var end = JsonSerializer.Deserialize<EndOfBody>(frame.Bytes, LedgerJson.Options)!;
                        whole[frame.Number] = new Received(begun.Head, begun.Place, end.Bytes, end.Hash);
                        break;
                    case FrameKind.Done when !keepsDone:
                        whole.Remove(frame.Number);
                        break;
                }
            }
        }
    }

    private sealed record EndOfBody(long Bytes, string Hash);

    private sealed record Waiting(FrameKind Kind, Guid Number, ReadOnlyMemory<byte> Content, bool IsRented, TaskCompletionSource<Outcome<JournalPlace?>>? Done)
    {
        public void Return()
        {
            if (IsRented && System.Runtime.InteropServices.MemoryMarshal.TryGetArray(Content, out var segment))
            {
                ArrayPool<byte>.Shared.Return(segment.Array!);
            }
        }
    }
}
