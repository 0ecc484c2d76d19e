namespace Kangqiao.Fhir.Facts;

/// <summary>
/// Where each code of one packed value set stands, found by its bytes: a table of a power-of-two size, probed linearly.
/// Packed form: number of systems, then for each its name, its number of codes, and the codes.
/// </summary>
internal sealed class CodeTable
{
    /// <summary>No code or system in the facts is longer, in bytes.</summary>
    public const int StackLimit = 256;

    private readonly byte[] packed;
    private readonly Place[] systems;
    private readonly Place[] codes;
    private readonly int mask;

    public CodeTable(byte[] packed, int start)
    {
        this.packed = packed;
        _ = End(packed, start, out var count);
        Count = count;
        var size = 4;
        while (size < count * 2)
        {
            size *= 2;
        }

        mask = size - 1;
        codes = new Place[size];
        var reader = new PackedReader(packed, start);
        systems = new Place[reader.Number()];
        for (var i = 0; i < systems.Length; i++)
        {
            var name = reader.Bytes().Length;
            systems[i] = new Place(reader.Position - name, name, i);
            for (var left = reader.Number(); left > 0; left--)
            {
                var code = reader.Bytes();
                var at = (int)Hash(code) & mask;
                while (codes[at].IsTaken)
                {
                    at = (at + 1) & mask;
                }

                codes[at] = new Place(reader.Position - code.Length, code.Length, i);
            }
        }
    }

    public int Count { get; }

    public bool Contains(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code)
    {
        for (var at = (int)Hash(code) & mask; codes[at].IsTaken; at = (at + 1) & mask)
        {
            if (code.SequenceEqual(At(codes[at])) && system.SequenceEqual(At(systems[codes[at].System])))
            {
                return true;
            }
        }

        return false;
    }

    public bool ContainsCode(ReadOnlySpan<byte> code)
    {
        for (var at = (int)Hash(code) & mask; codes[at].IsTaken; at = (at + 1) & mask)
        {
            if (code.SequenceEqual(At(codes[at])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where the packed set that begins at <paramref name="start"/> ends, and how many codes it has.</summary>
    public static int End(byte[] packed, int start, out int count)
    {
        var reader = new PackedReader(packed, start);
        count = 0;
        for (var systemsLeft = reader.Number(); systemsLeft > 0; systemsLeft--)
        {
            _ = reader.Bytes();
            var left = reader.Number();
            count += left;
            for (; left > 0; left--)
            {
                _ = reader.Bytes();
            }
        }

        return reader.Position;
    }

    // Codes longer than the longest stored one need not be read whole to be refused.
    private static uint Hash(ReadOnlySpan<byte> code)
    {
        var hash = 2166136261u ^ (uint)code.Length;
        foreach (var b in code.Length > StackLimit ? code[..StackLimit] : code)
        {
            hash = (hash ^ b) * 16777619u;
        }

        return hash ^ (hash >> 15);
    }

    private ReadOnlySpan<byte> At(Place place) => packed.AsSpan(place.Start, place.Length);

    private readonly record struct Place(int Start, int Length, int System)
    {
        public bool IsTaken => Start != 0;
    }
}
