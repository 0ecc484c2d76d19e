namespace Kangqiao.Fhir.Reading;

/// <summary>Which properties of one object have been seen: one bit an element, one for its "_name" part.</summary>
internal struct SlotSet
{
    /// <summary>Where the bits of "_name" parts begin; a type has fewer elements than this.</summary>
    public const int Extras = 127;

    public const int ResourceType = 255;

    private ulong first;
    private ulong second;
    private ulong third;
    private ulong fourth;

    /// <summary>True if it was there already.</summary>
    public bool Add(int slot)
    {
        switch (slot >> 6)
        {
            case 0: return Set(ref first, slot);
            case 1: return Set(ref second, slot);
            case 2: return Set(ref third, slot);
            default: return Set(ref fourth, slot);
        }
    }

    public readonly bool Has(int slot)
    {
        var word = (slot >> 6) switch
        {
            0 => first,
            1 => second,
            2 => third,
            _ => fourth,
        };
        return (word & (1UL << (slot & 63))) != 0;
    }

    private static bool Set(ref ulong word, int slot)
    {
        var bit = 1UL << (slot & 63);
        var had = (word & bit) != 0;
        word |= bit;
        return had;
    }
}
