using Kangqiao.Audit.Entries;
using Kangqiao.Crypto.Sealing;
using Microsoft.Win32.SafeHandles;

namespace Kangqiao.Audit.Trail;

/// <summary>
/// One part being written, by one thread. A group of entries is: its bytes and its entries as two numbers of 32 bits, each entry as length,
/// payload and the first eight bytes of the chain behind it, and then the whole value of the chain.
/// </summary>
internal sealed class SegmentWriter : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SafeFileHandle file;
    private readonly SafeFileHandle reached;
    private readonly FileStream ownership;
    private readonly Marker marker;
    private readonly ByteWriter group = new(64 * 1024);
    private readonly ByteWriter payload = new();
    private readonly EntryWriter entries = new();
    private readonly Action<ByteWriter> emit;
    private Chain chain;
    private Chain durable;
    private long bytes;
    private long last;
    private uint inGroup;

    private SegmentWriter(SafeFileHandle file, SafeFileHandle reached, FileStream ownership, Marker marker, SegmentHead head)
    {
        this.file = file;
        this.reached = reached;
        this.ownership = ownership;
        this.marker = marker;
        Head = head;
        emit = Emit;
        var start = head.ToBytes();
        chain = new Chain(start);
        durable = chain.Copy();
        RandomAccess.Write(file, start, 0);
        RandomAccess.FlushToDisk(file);
        bytes = start.Length;
        Reached.At(durable, bytes).Write(reached, marker);
        RandomAccess.FlushToDisk(reached);
    }

    public SegmentHead Head { get; }

    /// <summary>What is on disk.</summary>
    public long Bytes => bytes;

    public long Entries => durable.Entries;

    public int Names => entries.Names;

    public Reached Reached => Reached.At(durable, bytes);

    /// <exception cref="IOException">The disk refuses.</exception>
    public static SegmentWriter Create(string root, SegmentHead head, Marker marker)
    {
        Directory.CreateDirectory(SegmentName.FolderOf(root, head.Segment));
        return new(
            Fresh(SegmentName.FileOf(root, head.Segment)),
            Fresh(SegmentName.FileOf(root, head.Segment, SegmentName.HeadExtension)),
            new FileStream(SegmentName.FileOf(root, head.Segment, SegmentName.LockExtension), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None),
            marker,
            head);
    }

    /// <summary>Puts an entry into the group that is next to be written. Time never goes back here, whatever the clock does.</summary>
    public void Add(AuditEntry entry, DateTimeOffset now)
    {
        if (inGroup == 0)
        {
            group.Clear();
            group.Fixed(0);
            group.Fixed(0);
        }

        last = Math.Max(last, (long)(now - Head.Opened).TotalMilliseconds);
        entries.Write(entry, last, payload, emit);
    }

    public int GroupBytes => inGroup == 0 ? 0 : group.Length;

    /// <summary>Writes the group and waits for the disk. When this throws, the part is good up to the group before and takes no more.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Commit()
    {
        if (inGroup == 0)
        {
            return;
        }

        group.Overwrite(0, (uint)(group.Length - SegmentReader.GroupHead));
        group.Overwrite(sizeof(uint), inGroup);
        group.Bytes(chain.Value);
        RandomAccess.Write(file, group.Written, bytes);
        RandomAccess.FlushToDisk(file);
        bytes += group.Length;
        durable = chain.Copy();
        inGroup = 0;
        Reached.At(durable, bytes).Write(reached, marker);
    }

    public void Dispose()
    {
        try
        {
            RandomAccess.FlushToDisk(reached);
        }
        catch (IOException)
        {
            // What it says was true when it was written; the anchor of the end says the same.
        }

        file.Dispose();
        reached.Dispose();
        ownership.Dispose();
    }

    private static SafeFileHandle Fresh(string path)
    {
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, OwnerOnly);
        }

        return handle;
    }

    private void Emit(ByteWriter one)
    {
        chain.Add(one.Written);
        group.Number((ulong)one.Length);
        group.Bytes(one.Written);
        group.Bytes(chain.Mark);
        inGroup++;
    }
}
