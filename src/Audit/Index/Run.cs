using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kangqiao.Audit.Index;

/// <summary>When the first event of a group was, for a group of every so many events.</summary>
/// <param name="Offset">Where the group begins.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct Sample(long Milliseconds, uint Offset)
{
    /// <summary>Events from one to the next, at least.</summary>
    public const int Every = 256;
}

/// <summary>What stands at the beginning of a run.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly record struct RunHead(ulong Magic, long From, long To, long Postings, long Samples, long Level, long Events, long FirstMilliseconds, long LastMilliseconds)
{
    public const ulong RightMagic = 0x31303034_4e55524b;
    public static int Bytes { get; } = Marshal.SizeOf<RunHead>();
}

/// <summary>
/// The words of a stretch of a part, sorted, in one file that is never changed: postings, then the key of each 256th of them, then samples of
/// time. It can always be made again from the part.
/// </summary>
internal sealed class Run : IDisposable
{
    internal const int Block = 256;

    private readonly SafeFileHandle file;
    private readonly Lazy<ulong[]> sparse;
    private readonly Lazy<Sample[]> samples;

    private Run(string path, SafeFileHandle file, RunHead head)
    {
        Path = path;
        this.file = file;
        Head = head;
        sparse = new(() => Load<ulong>(SparseAt, Blocks));
        samples = new(() => Load<Sample>(SparseAt + (Blocks * sizeof(ulong)), (int)head.Samples));
    }

    public string Path { get; }

    public RunHead Head { get; }

    public Sample[] Samples => samples.Value;

    private int Blocks => (int)((Head.Postings + Block - 1) / Block);

    private long SparseAt => RunHead.Bytes + (Head.Postings * Posting.Bytes);

    /// <summary>Null where the file is not whole: it is to be made again.</summary>
    public static Run? Open(string path)
    {
        var opened = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        RunHead head = default;
        if (RandomAccess.Read(opened, MemoryMarshal.AsBytes(new Span<RunHead>(ref head)), 0) == RunHead.Bytes && head.Magic == RunHead.RightMagic
            && head is { Postings: >= 0 and < int.MaxValue, Samples: >= 0 and < int.MaxValue })
        {
            var run = new Run(path, opened, head);
            if (RandomAccess.GetLength(opened) == run.SparseAt + ((long)run.Blocks * sizeof(ulong)) + (head.Samples * Marshal.SizeOf<Sample>()))
            {
                return run;
            }
        }

        opened.Dispose();
        return null;
    }

    /// <summary>The places among the postings that have a key, first and behind the last.</summary>
    public (long First, long End) Find(ulong key) => Head.Postings == 0 ? (0, 0) : (Bound(new(key, 0)), key == ulong.MaxValue ? Head.Postings : Bound(new(key + 1, 0)));

    /// <summary>The first place whose posting is not before one.</summary>
    public long Bound(Posting due)
    {
        // The last block that begins before the key; what is due may be in it, or at the beginning of the next.
        var keys = sparse.Value;
        var (low, high) = (0, keys.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = keys[middle] < due.Key ? (middle + 1, high) : (low, middle);
        }

        // Where several blocks begin with the very key, the offset decides among them.
        var block = Math.Max(0, low - 1);
        Span<Posting> some = stackalloc Posting[Block];
        if (block + 1 < keys.Length && keys[block + 1] == due.Key && First(block + 1).CompareTo(due) < 0)
        {
            var (near, far) = (block + 1, EndOf(keys, due.Key, block + 1));
            while (far - near > 1)
            {
                var middle = (near + far) / 2;
                (near, far) = First(middle).CompareTo(due) < 0 ? (middle, far) : (near, middle);
            }

            block = near;
        }

        var read = Read((long)block * Block, some);
        var place = some[..read].BinarySearch(due);
        return ((long)block * Block) + (place < 0 ? ~place : place);
    }

    /// <returns>How many there were.</returns>
    public int Read(long at, Span<Posting> room)
    {
        var count = (int)Math.Min(room.Length, Head.Postings - at);
        if (count <= 0)
        {
            return 0;
        }

        var bytes = MemoryMarshal.AsBytes(room[..count]);
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(file, bytes[done..], RunHead.Bytes + (at * Posting.Bytes) + done);
            done += read > 0 ? read : throw new EndOfStreamException(Path);
        }

        return count;
    }

    public void Dispose() => file.Dispose();

    private static int EndOf(ulong[] keys, ulong key, int from)
    {
        var (low, high) = (from, keys.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = keys[middle] <= key ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private Posting First(int block)
    {
        Posting one = default;
        Read((long)block * Block, new Span<Posting>(ref one));
        return one;
    }

    private T[] Load<T>(long at, int count)
        where T : unmanaged
    {
        var all = new T[count];
        var bytes = MemoryMarshal.AsBytes(all.AsSpan());
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(file, bytes[done..], at + done);
            done += read > 0 ? read : throw new EndOfStreamException(Path);
        }

        return all;
    }
}
