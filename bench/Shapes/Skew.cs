namespace Kangqiao.Bench.Shapes;

/// <summary>
/// Picks a few things often and many seldom, as codes are used in life: the k-th has the weight 1 / (k + flatness).
/// Integers only, so that no rounding of another machine changes a byte.
/// </summary>
internal sealed class Skew
{
    private readonly int[] upTo;

    /// <param name="count">How many there are to pick from.</param>
    /// <param name="flatness">The larger, the closer the first ones are to each other.</param>
    public Skew(int count, int flatness)
    {
        upTo = new int[count];
        var sum = 0;
        for (var i = 0; i < count; i++)
        {
            sum += 1_000_000 / (i + flatness);
            upTo[i] = sum;
        }
    }

    public int Pick(ref SplitMix64 random)
    {
        var at = Array.BinarySearch(upTo, random.Below(upTo[^1]) + 1);
        return at < 0 ? ~at : at;
    }
}
