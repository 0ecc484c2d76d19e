using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Clustering;

/// <summary>
/// Rows that are one person, from pairs that are. The surest pairs are joined first, and two groups never join when any of
/// their rows speak of different people: a chain of likely steps must not bring twins together.
/// </summary>
internal sealed class Clusters(int rows, PersonTable table)
{
    /// <summary>Rows of a group that are looked at before it joins another.</summary>
    private const int MostWitnesses = 24;

    private readonly int[] parent = [.. Enumerable.Range(0, rows)];
    private readonly int[] size = [.. Enumerable.Repeat(1, rows)];
    private readonly int[] next = [.. Enumerable.Range(0, rows)];

    public int Of(int row)
    {
        while (parent[row] != row)
        {
            parent[row] = parent[parent[row]];
            row = parent[row];
        }

        return row;
    }

    /// <summary>Rows of the group of a row, itself included.</summary>
    public IEnumerable<int> With(int row)
    {
        var at = row;
        do
        {
            yield return at;
            at = next[at];
        }
        while (at != row);
    }

    public int Size(int row) => size[Of(row)];

    /// <summary>Joins the groups of two rows, unless something in them contradicts.</summary>
    /// <param name="contradicts">Whether two rows cannot be one person.</param>
    public bool Join(int a, int b, Func<PersonRow, PersonRow, bool> contradicts)
    {
        var first = Of(a);
        var second = Of(b);
        if (first == second)
        {
            return true;
        }

        if (size[first] + size[second] > 2 && Contradict(first, second, contradicts))
        {
            return false;
        }

        if (size[first] < size[second])
        {
            (first, second) = (second, first);
        }

        parent[second] = first;
        size[first] += size[second];
        (next[first], next[second]) = (next[second], next[first]);
        return true;
    }

    private bool Contradict(int first, int second, Func<PersonRow, PersonRow, bool> contradicts)
    {
        foreach (var x in With(first).Take(MostWitnesses))
        {
            foreach (var y in With(second).Take(MostWitnesses))
            {
                if (contradicts(table[x], table[y]))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
