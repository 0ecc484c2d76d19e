namespace Kangqiao.PatientIndex.Learning;

/// <summary>
/// How much it says, in bits, that two rows share a value: the rarer, the more. Counts leave out the two rows themselves, and
/// no value is held to be rarer than its kind can be.
/// </summary>
internal abstract class Rarity
{
    protected const double RarestPart = 1e-4, RarestBirth = 1 / 25000.0, RarestNumber = 1e-8, RarestPhone = 1e-6, RarestAddress = 1e-6;

    private const double PriorRows = 100;

    public abstract float Name(int a, int b);

    public abstract float Sound(int a, int b);

    /// <summary>Of the part that a hidden or single name shows.</summary>
    public abstract float Part(int a, int b);

    public abstract float BirthDay(int day);

    public abstract float Number(int number);

    public abstract float Phone(int phone);

    public abstract float Address(int a, int b);

    /// <param name="others">Rows with the value besides those compared.</param>
    /// <param name="rows">Rows in all.</param>
    protected static float OfCount(int others, int rows, double rarest) =>
        (float)-Math.Log2(Math.Max(rarest, (Math.Max(0, others) + (PriorRows * rarest)) / (rows + PriorRows)));
}
