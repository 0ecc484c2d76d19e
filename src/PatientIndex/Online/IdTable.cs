using System.Runtime.InteropServices;
using Kangqiao.Store;

namespace Kangqiao.PatientIndex.Online;

/// <summary>Logical ids by number, and back. UUIDs take sixteen bytes and about six for finding them; others a string.</summary>
internal sealed class IdTable
{
    private const int Empty = -1;

    /// <summary>No UUID of any version begins so; the last four bytes are the place among <see cref="texts"/>.</summary>
    private static readonly Guid Other = new("ffffffff-ffff-0000-0000-000000000000");

    private readonly List<string> texts = [];
    private readonly Dictionary<string, int> byText = new(StringComparer.Ordinal);
    private Guid[] ids = new Guid[1024];
    private int[] slots = NewSlots(2048);

    public int Count { get; private set; }

    /// <summary>Memory that it holds, but for ids that are no UUIDs.</summary>
    public long Bytes => (16L * ids.Length) + (4L * slots.Length);

    public string this[int number]
    {
        get
        {
            var id = ids[number];
            return IsOther(id) ? texts[MemoryMarshal.Read<int>(BytesOf(ref id)[12..])] : PackedId.Text(id);
        }
    }

    /// <summary>The number of an id, or -1.</summary>
    public int Find(string id)
    {
        if (!PackedId.TryUuid(id, out var uuid))
        {
            return byText.GetValueOrDefault(id, -1);
        }

        for (var slot = SlotOf(uuid); ; slot = (slot + 1) & (slots.Length - 1))
        {
            var number = slots[slot];
            if (number == Empty || ids[number] == uuid)
            {
                return number;
            }
        }
    }

    public int Add(string id)
    {
        if (Count == ids.Length)
        {
            Array.Resize(ref ids, Count * 2);
        }

        var number = Count++;
        if (!PackedId.TryUuid(id, out var uuid))
        {
            ids[number] = Other;
            MemoryMarshal.Write(BytesOf(ref ids[number])[12..], texts.Count);
            texts.Add(id);
            byText.Add(id, number);
            return number;
        }

        ids[number] = uuid;
        if (Count * 4L > slots.Length * 3L)
        {
            Rehash();
        }
        else
        {
            Seat(number);
        }

        return number;
    }

    private static bool IsOther(Guid id) => BytesOf(ref id)[..8].SequenceEqual(BytesOf(ref System.Runtime.CompilerServices.Unsafe.AsRef(in Other))[..8]);

    private static Span<byte> BytesOf(ref Guid id) => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref id, 1));

    private static int[] NewSlots(int length)
    {
        var made = new int[length];
        Array.Fill(made, Empty);
        return made;
    }

    private void Rehash()
    {
        slots = NewSlots(slots.Length * 2);
        for (var number = 0; number < Count; number++)
        {
            if (!IsOther(ids[number]))
            {
                Seat(number);
            }
        }
    }

    private void Seat(int number)
    {
        var slot = SlotOf(ids[number]);
        while (slots[slot] != Empty)
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        slots[slot] = number;
    }

    private int SlotOf(Guid id)
    {
        var halves = MemoryMarshal.Cast<byte, ulong>(BytesOf(ref id));
        return (int)(((halves[0] ^ (halves[1] * 0x9E3779B97F4A7C15UL)) * 0xBF58476D1CE4E5B9UL) >> 33) & (slots.Length - 1);
    }
}
