namespace Kangqiao.Terminology.Tables;

/// <summary>Where a code stands among the codes of a table: a table of a power-of-two size, probed linearly; eight bytes a code.</summary>
internal sealed class CodeIndex
{
    private readonly PackedTexts codes;
    private readonly bool isCaseSensitive;

    /// <summary>Position + 1; 0 where free.</summary>
    private readonly int[] slots;

    public CodeIndex(PackedTexts codes, bool isCaseSensitive)
    {
        this.codes = codes;
        this.isCaseSensitive = isCaseSensitive;
        var size = 4;
        while (size < codes.Count * 3L / 2)
        {
            size *= 2;
        }

        slots = new int[size];
        for (var i = 0; i < codes.Count; i++)
        {
            var at = Slot(codes[i]);
            if (slots[at] != 0)
            {
                Duplicate = i;
                return;
            }

            slots[at] = i + 1;
        }
    }

    /// <summary>A code is found only as it is written.</summary>
    public bool IsCaseSensitive => isCaseSensitive;

    /// <summary>Position of a code that occurred before, or -1. The index is then of no use.</summary>
    public int Duplicate { get; } = -1;

    /// <summary>Position of the code, or -1.</summary>
    public int Find(ReadOnlySpan<byte> code) => slots[Slot(code)] - 1;

    private int Slot(ReadOnlySpan<byte> code)
    {
        var mask = slots.Length - 1;
        var at = (int)Hash(code) & mask;
        while (slots[at] != 0 && !IsSame(codes[slots[at] - 1], code))
        {
            at = (at + 1) & mask;
        }

        return at;
    }

    private bool IsSame(ReadOnlySpan<byte> known, ReadOnlySpan<byte> asked)
    {
        if (isCaseSensitive || known.Length != asked.Length)
        {
            return known.SequenceEqual(asked);
        }

        for (var i = 0; i < known.Length; i++)
        {
            if (Lower(known[i]) != Lower(asked[i]))
            {
                return false;
            }
        }

        return true;
    }

    private uint Hash(ReadOnlySpan<byte> code)
    {
        var hash = 2166136261u ^ (uint)code.Length;
        foreach (var b in code)
        {
            hash = (hash ^ (isCaseSensitive ? b : Lower(b))) * 16777619u;
        }

        return hash ^ (hash >> 15);
    }

    // Case folding of codes is ASCII: no code system that ignores case has codes beyond it.
    private static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}
