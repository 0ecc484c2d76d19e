using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Kangqiao.Fhir.Facts;

/// <summary>
/// The JSON property names one type allows, looked up by UTF-8 bytes without making a string:
/// a table of a power-of-two size, probed linearly, keyed by length and the first and last eight bytes.
/// </summary>
internal sealed class JsonNames
{
    private readonly Entry[] table;
    private readonly int mask;

    private JsonNames(List<Entry> entries)
    {
        var size = 4;
        while (size < entries.Count * 2)
        {
            size *= 2;
        }

        table = new Entry[size];
        mask = size - 1;
        foreach (var entry in entries)
        {
            var at = (int)Hash(entry.Name) & mask;
            while (table[at].Name is not null)
            {
                at = (at + 1) & mask;
            }

            table[at] = entry;
        }
    }

    public static JsonNames Of(TypeFact type)
    {
        var entries = new List<Entry>();
        foreach (var element in type.Elements)
        {
            for (var i = 0; i < element.Types.Length; i++)
            {
                entries.Add(new Entry(Encoding.UTF8.GetBytes(element.Types[i].JsonName), element, element.Types[i]));
            }
        }

        return new JsonNames(entries);
    }

    public bool TryGet(ReadOnlySpan<byte> name, out ElementFact element, out ElementTypeFact type)
    {
        for (var at = (int)Hash(name) & mask; ; at = (at + 1) & mask)
        {
            ref readonly var entry = ref table[at];
            if (entry.Name is null)
            {
                element = null!;
                type = null!;
                return false;
            }

            if (name.SequenceEqual(entry.Name))
            {
                element = entry.Element;
                type = entry.Type;
                return true;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        ulong first;
        ulong last;
        if (name.Length >= 8)
        {
            first = MemoryMarshal.Read<ulong>(name);
            last = MemoryMarshal.Read<ulong>(name[^8..]);
        }
        else
        {
            first = (uint)name.Length;
            foreach (var b in name)
            {
                first = (first << 8) | b;
            }

            last = first;
        }

        var mixed = (first ^ (last * 0x9E3779B97F4A7C15UL) ^ (ulong)name.Length) * 0xD6E8FEB86659FD93UL;
        return (uint)(mixed >> 32);
    }

    private readonly record struct Entry(byte[] Name, ElementFact Element, ElementTypeFact Type);
}
