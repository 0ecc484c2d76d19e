namespace Kangqiao.City.Chances;

/// <summary>Things of which some are drawn more often than others.</summary>
internal sealed class Weighted<T>
{
    private readonly T[] items;
    private readonly double[] upTo;

    public Weighted(IEnumerable<(T Item, double Weight)> from)
    {
        var kept = from.Where(f => f.Weight > 0).ToArray();
        items = [.. kept.Select(k => k.Item)];
        upTo = new double[kept.Length];
        var sum = 0.0;
        for (var i = 0; i < kept.Length; i++)
        {
            upTo[i] = sum += kept[i].Weight;
        }
    }

    public bool IsEmpty => items.Length == 0;

    public T Draw(Chance chance)
    {
        var at = Array.BinarySearch(upTo, chance.Next() * upTo[^1]);
        return items[Math.Min(at < 0 ? ~at : at + 1, items.Length - 1)];
    }
}
