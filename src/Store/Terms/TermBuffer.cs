using System.Runtime.InteropServices;

namespace Kangqiao.Store.Terms;

/// <summary>Terms of one record as they are written: one space between them, none twice. Used again for the next record.</summary>
internal sealed class TermBuffer
{
    private byte[] bytes = new byte[4096];
    private (int Start, int Length)[] slots = new (int, int)[256];
    private int start;

    public int Count { get; private set; }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public void Clear()
    {
        if (Count > 0)
        {
            Array.Clear(slots);
        }

        Count = 0;
        Length = 0;
    }

    /// <summary>Room for a term of at most so many bytes; <see cref="End"/> keeps it.</summary>
    public Span<byte> Begin(int most)
    {
        start = Length == 0 ? 0 : Length + 1;
        if (start + most > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, start + most));
        }

        return bytes.AsSpan(start, most);
    }

    public void End(int length)
    {
        var term = bytes.AsSpan(start, length);
        if (!IsNew(term))
        {
            return;
        }

        if (start > 0)
        {
            bytes[start - 1] = (byte)' ';
        }

        Length = start + length;
    }

    public void Add(ReadOnlySpan<byte> term)
    {
        term.CopyTo(Begin(term.Length));
        End(term.Length);
    }

    private bool IsNew(ReadOnlySpan<byte> term)
    {
        if (Count * 2 >= slots.Length)
        {
            Grow();
        }

        ref var slot = ref Find(term);
        if (slot.Length != 0)
        {
            return false;
        }

        slot = (start, term.Length);
        Count++;
        return true;
    }

    private ref (int Start, int Length) Find(ReadOnlySpan<byte> term)
    {
        var mask = slots.Length - 1;
        var at = Hash(term) & mask;
        while (slots[at].Length != 0 && !bytes.AsSpan(slots[at].Start, slots[at].Length).SequenceEqual(term))
        {
            at = (at + 1) & mask;
        }

        return ref slots[at];
    }

    private void Grow()
    {
        var old = slots;
        slots = new (int, int)[old.Length * 2];
        foreach (var slot in old)
        {
            if (slot.Length != 0)
            {
                Find(bytes.AsSpan(slot.Start, slot.Length)) = slot;
            }
        }
    }

    private static int Hash(ReadOnlySpan<byte> term)
    {
        var hash = 0x9E3779B97F4A7C15UL ^ (ulong)term.Length;
        while (term.Length >= 8)
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(term)) * 0xD6E8FEB86659FD93UL;
            hash ^= hash >> 32;
            term = term[8..];
        }

        foreach (var b in term)
        {
            hash = (hash ^ b) * 0x100000001B3UL;
        }

        return (int)(hash ^ (hash >> 29)) & int.MaxValue;
    }
}
