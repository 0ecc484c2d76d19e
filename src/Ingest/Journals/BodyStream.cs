namespace Kangqiao.Ingest.Journals;

/// <summary>A submission's body, read block by block from the journal's files; others that lie between are passed over.</summary>
internal sealed class BodyStream(string folder, Guid number, JournalPlace place) : Stream
{
    private readonly Queue<string> files = new(Journal.Files(folder, place.Segment));
    private readonly Queue<ReadOnlyMemory<byte>> parts = new();
    private byte[] buffer = [];
    private FileStream? file;
    private ReadOnlyMemory<byte> rest;
    private bool isEnded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> into)
    {
        while (rest.IsEmpty)
        {
            if (parts.TryDequeue(out var next))
            {
                rest = next;
            }
            else if (isEnded || !ReadBlock())
            {
                return 0;
            }
        }

        var count = Math.Min(into.Length, rest.Length);
        rest.Span[..count].CopyTo(into);
        rest = rest[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        file?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The body's parts in the next block; false behind the last file.</summary>
    private bool ReadBlock()
    {
        if (file is null)
        {
            if (!files.TryDequeue(out var name))
            {
                return false;
            }

            file = new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = name == place.Segment ? place.Offset : 0;
        }

        var length = Segment.Read(file, ref buffer);
        if (length < 0)
        {
            file.Dispose();
            file = null;
            return true;
        }

        ReadOnlySpan<byte> block = buffer.AsSpan(0, length);
        while (Frame.TryRead(ref block, out var frame))
        {
            if (frame.Number != number)
            {
                continue;
            }

            var start = length - block.Length - frame.Bytes.Length;
            switch (frame.Kind)
            {
                case FrameKind.Whole:
                    var skip = Journal.HeadOf(frame.Bytes).Start;
                    parts.Enqueue(buffer.AsMemory(start + skip, frame.Bytes.Length - skip));
                    isEnded = true;
                    return true;
                case FrameKind.Part:
                    parts.Enqueue(buffer.AsMemory(start, frame.Bytes.Length));
                    break;
                case FrameKind.End:
                    isEnded = true;
                    return true;
            }
        }

        return true;
    }
}
