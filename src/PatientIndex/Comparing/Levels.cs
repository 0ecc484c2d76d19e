namespace Kangqiao.PatientIndex.Comparing;

/// <summary>What two rows are compared in. Each comparison has levels from agreement to contradiction; 0 is always "one side says nothing".</summary>
public enum Comparison
{
    Name,
    Birth,
    Number,
    Phone,
    Sex,
    Address,
    Guardian,
}

/// <summary>How two names agree.</summary>
internal enum NameLevel
{
    Missing,

    /// <summary>The same.</summary>
    Exact,

    /// <summary>They sound the same, are the same in other letters, or have their two parts exchanged.</summary>
    Sound,

    /// <summary>A typing error apart.</summary>
    Near,

    /// <summary>What is there agrees, and something is hidden or missing.</summary>
    Partial,

    /// <summary>One part agrees and the other does not: a family's likeness.</summary>
    OnePart,

    Other,

    /// <summary>A newborn under a parent's name against anybody else: two people by what the names say.</summary>
    ParentAndChild,
}

internal enum BirthLevel
{
    Missing,
    Exact,

    /// <summary>A slip of a digit, an exchange, a default day, or the other calendar.</summary>
    Slip,
    SameYear,
    Other,
}

internal enum NumberLevel
{
    Missing,
    Exact,

    /// <summary>One place wrong or two exchanged.</summary>
    Slip,

    /// <summary>Different, and at least one of them may be wrong.</summary>
    Other,

    /// <summary>Different, and both have the right check digit: two people.</summary>
    Contradiction,
}

internal enum PhoneLevel
{
    Missing,
    Exact,
    Slip,
    Other,
}

internal enum SexLevel
{
    Missing,
    Same,
    Other,
}

/// <summary>How much of the lesser address, weighed by rarity, is in the other.</summary>
internal enum AddressLevel
{
    Missing,
    Same,
    Most,
    Much,
    Some,
    Other,
}

internal enum GuardianLevel
{
    Missing,
    Same,
    Other,
}

/// <summary>The levels of one pair of rows, packed so that pairs can be counted by them.</summary>
internal readonly record struct Pattern(int Bits)
{
    public const int Size = 1 << 18;

    private static readonly int[] Shifts = [0, 3, 6, 9, 11, 13, 16];
    private static readonly int[] Masks = [7, 7, 7, 3, 3, 7, 3];

    public static int Comparisons => Shifts.Length;

    public Pattern(NameLevel name, BirthLevel birth, NumberLevel number, PhoneLevel phone, SexLevel sex, AddressLevel address, GuardianLevel guardian)
        : this((int)name | ((int)birth << 3) | ((int)number << 6) | ((int)phone << 9) | ((int)sex << 11) | ((int)address << 13) | ((int)guardian << 16))
    {
    }

    public NameLevel Name => (NameLevel)(Bits & 7);

    public BirthLevel Birth => (BirthLevel)((Bits >> 3) & 7);

    public NumberLevel Number => (NumberLevel)((Bits >> 6) & 7);

    public PhoneLevel Phone => (PhoneLevel)((Bits >> 9) & 3);

    public AddressLevel Address => (AddressLevel)((Bits >> 13) & 7);

    public int Level(int comparison) => (Bits >> Shifts[comparison]) & Masks[comparison];

    public static int Levels(int comparison) => Masks[comparison] + 1;
}
