using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Kangqiao.Audit.Trail;

/// <summary>What a walk over a part sees.</summary>
internal enum WalkEnd
{
    /// <summary>Nothing after the last group.</summary>
    Clean,

    /// <summary>The beginning of a group that its writer did not finish; nobody was told of its entries.</summary>
    Unfinished,

    Broken,
}

/// <summary>How a walk ended.</summary>
/// <param name="At">Behind the last whole group.</param>
/// <param name="Entry">Entries there are; where it is broken, the number of the first broken one, counted from 1.</param>
internal readonly record struct Walked(WalkEnd End, long At, long Entry);

/// <summary>Takes one entry of a walk.</summary>
/// <param name="group">Where its group begins.</param>
/// <param name="offset">Where the entry begins.</param>
internal delegate void EntryTaker(uint group, uint offset, ReadOnlySpan<byte> payload);

/// <summary>Reads parts. Trusts nothing in them: lengths are bounded, and a walk with a chain compares every value.</summary>
internal static class SegmentReader
{
    /// <summary>Bytes before the entries of a group.</summary>
    public const int GroupHead = 2 * sizeof(uint);

    public const int MostGroupBytes = 64 * 1024 * 1024;

    private const int LeastEntry = 1 + 2 + Chain.MarkLength;
    private const int Page = 4096;

    /// <summary>Walks whole groups.</summary>
    /// <param name="from">Where a group begins.</param>
    /// <param name="chain">As it is there; null to believe what stands there.</param>
    /// <param name="behindGroup">Called with the place and the chain behind each group.</param>
    /// <param name="to">Where a group begins that is no more to be walked.</param>
    public static Walked Walk(SafeFileHandle file, long from, Chain? chain, EntryTaker? take, Action<long, Chain>? behindGroup = null, long to = long.MaxValue)
    {
        var size = Math.Min(RandomAccess.GetLength(file), to);
        var at = from;
        long entries = chain?.Entries ?? 0;
        byte[] buffer = [];
        Span<byte> head = stackalloc byte[GroupHead];
        while (at < size)
        {
            if (size - at < GroupHead)
            {
                // A write that was cut ends with a page of the disk.
                return new(size % Page == 0 ? WalkEnd.Unfinished : WalkEnd.Broken, at, entries + 1);
            }

            ReadFully(file, head, at);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(head);
            var count = BinaryPrimitives.ReadUInt32LittleEndian(head[sizeof(uint)..]);
            if (length is < LeastEntry or > MostGroupBytes || count == 0 || count > length / LeastEntry)
            {
                return new(WalkEnd.Broken, at, entries + 1);
            }

            var whole = (int)length + Chain.Length;
            var there = (int)Math.Min(whole, size - at - GroupHead);
            if (buffer.Length < there)
            {
                buffer = new byte[Math.Max(there, 256 * 1024)];
            }

            there = ReadFully(file, buffer.AsSpan(0, there), at + GroupHead);
            var isWhole = there == whole;
            var own = isWhole ? chain : chain?.Copy();
            if (Group(buffer.AsSpan(0, Math.Min(there, (int)length)), count, (uint)at, own, isWhole ? take : null, mayEnd: there < length) is { } broken)
            {
                return new(WalkEnd.Broken, at, entries + broken);
            }

            if (!isWhole)
            {
                return new(WalkEnd.Unfinished, at, entries + 1);
            }

            if (chain is not null && !chain.Value.SequenceEqual(buffer.AsSpan((int)length, Chain.Length)))
            {
                return new(WalkEnd.Broken, at, entries + count);
            }

            at += GroupHead + whole;
            entries += count;
            if (chain is not null)
            {
                behindGroup?.Invoke(at, chain);
            }
        }

        return new(WalkEnd.Clean, at, entries);
    }

    /// <summary>The payload of one entry; null where there is none.</summary>
    public static byte[]? One(SafeFileHandle file, uint offset)
    {
        Span<byte> start = stackalloc byte[512];
        var there = ReadFully(file, start, offset);
        var reader = new ByteReader(start[..there]);
        var length = reader.Number();
        var skipped = there - reader.Left;
        if (reader.IsBroken || length is 0 or > MostGroupBytes)
        {
            return null;
        }

        if (length <= (ulong)reader.Left)
        {
            return reader.Bytes((int)length).ToArray();
        }

        var payload = new byte[(int)length];
        return ReadFully(file, payload, offset + skipped) == payload.Length ? payload : null;
    }

    /// <returns>Which entry of the group is broken, counted from 1; null for none.</returns>
    private static int? Group(ReadOnlySpan<byte> entries, uint count, uint group, Chain? chain, EntryTaker? take, bool mayEnd)
    {
        var reader = new ByteReader(entries);
        for (var i = 1; i <= count; i++)
        {
            var at = (uint)(entries.Length - reader.Left);
            var length = reader.Number();
            if (!reader.IsBroken && length is 0 or > MostGroupBytes)
            {
                return i;
            }

            if (reader.IsBroken || (ulong)reader.Left < length + Chain.MarkLength)
            {
                return mayEnd ? null : i;
            }

            var payload = reader.Bytes((int)length);
            chain?.Add(payload);
            var mark = reader.Bytes(Chain.MarkLength);
            if (chain is not null && !mark.SequenceEqual(chain.Mark))
            {
                return i;
            }

            take?.Invoke(group, group + GroupHead + at, payload);
        }

        return reader.Left == 0 ? null : (int)count;
    }

    private static int ReadFully(SafeFileHandle file, Span<byte> buffer, long at)
    {
        var done = 0;
        while (done < buffer.Length && RandomAccess.Read(file, buffer[done..], at + done) is var read and > 0)
        {
            done += read;
        }

        return done;
    }
}
