using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Store.Queries;

/// <summary>Where a record stands under one sort key. Records without a value come last, whichever way it goes.</summary>
/// <param name="Ticks">Of a date: its beginning.</param>
/// <param name="Number">Of a number or quantity; in base units where the unit is UCUM.</param>
/// <param name="Text">Of anything else, compared by its bytes.</param>
internal readonly record struct SortValue(bool IsMissing, long Ticks, double Number, string Text)
{
    // Texts that are the same so far are in order of their records' numbers.
    private const int LongestText = 200;

    public static readonly SortValue Missing = new(true, 0, 0, "");

    public static int Compare(SortValue left, SortValue right, bool isDescending)
    {
        if (left.IsMissing || right.IsMissing)
        {
            return left.IsMissing.CompareTo(right.IsMissing);
        }

        var order = left.Ticks.CompareTo(right.Ticks);
        order = order != 0 ? order : left.Number.CompareTo(right.Number);
        order = order != 0 ? order : string.CompareOrdinal(left.Text, right.Text);
        return isDescending ? -order : order;
    }

    public static SortValue Of(StoredRecord record, SortKey key, IndexValues values) => key.By switch
    {
        SortBy.Id => new(false, 0, 0, record.Key.Id),
        SortBy.LastUpdated => new(false, record.Instant.UtcTicks, 0, ""),
        _ => OfParameter(key, values),
    };

    // R4 search.html#sort: of several values "the item that comes earliest in the specified sort order" counts.
    private static SortValue OfParameter(SortKey key, IndexValues values)
    {
        var position = values.Plan.Find(key.Code);
        var best = Missing;
        foreach (ref readonly var value in values.Items)
        {
            if (value.Parameter == position && TryOf(values, value, out var one) && Compare(one, best, key.IsDescending) < 0)
            {
                best = one;
            }
        }

        return best;
    }

    private static bool TryOf(IndexValues values, in IndexValue value, out SortValue sort)
    {
        sort = value.Kind switch
        {
            IndexKind.Date => new(false, value.LowTicks, 0, ""),
            IndexKind.Number => new(false, 0, (double)value.Low, ""),
            IndexKind.Quantity when (value.Flags & IndexFlags.HasCanonical) != 0 => new(false, 0, value.CanonicalLow, ""),
            IndexKind.Quantity => new(false, 0, (double)value.Low, ""),
            IndexKind.String or IndexKind.Token => OfText(values.TextOf(value.Second)),
            IndexKind.Uri => OfText(values.TextOf(value.Fourth)),
            IndexKind.Reference when value.Fourth.IsEmpty => OfText($"{values.TextOf(value.First)}/{values.TextOf(value.Second)}"),
            IndexKind.Reference => OfText(values.TextOf(value.Fourth)),
            _ => Missing,
        };
        return !sort.IsMissing;
    }

    private static SortValue OfText(string text) => new(false, 0, 0, text.Length <= LongestText ? text : text[..LongestText]);
}

/// <summary>A record with its place in the order asked; ties go by number.</summary>
internal readonly record struct Sorted(StoredRecord Record, SortValue[] Values)
{
    public static int Compare(Sorted left, Sorted right, IReadOnlyList<SortKey> keys) =>
        Compare(left.Values, left.Record.Number, right.Values, right.Record.Number, keys);

    public static int Compare(SortValue[] left, long leftNumber, SortValue[] right, long rightNumber, IReadOnlyList<SortKey> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            var order = SortValue.Compare(left[i], right[i], keys[i].IsDescending);
            if (order != 0)
            {
                return order;
            }
        }

        return leftNumber.CompareTo(rightNumber);
    }
}
