namespace Kangqiao.Fhir.FhirPath;

/// <summary>Which of many items equal each other: by looking along a short list, by hash in a long one.</summary>
internal sealed class ItemSet
{
    private const int LongList = 16;

    private readonly FhirPathEnvironment env;
    private readonly FhirPathResults items;
    private readonly int start;
    private Dictionary<int, int>? heads;
    private List<int>? next;

    /// <param name="items">The set is what stands in this list from <paramref name="start"/> on.</param>
    public ItemSet(FhirPathEnvironment env, FhirPathResults items, int start = 0)
    {
        this.env = env;
        this.items = items;
        this.start = start;
    }

    /// <summary>Takes in what was added to the list meanwhile, as it is.</summary>
    public bool Contains(in FhirPathItem item)
    {
        var count = items.Count - start;
        if (count <= LongList)
        {
            for (var i = start; i < items.Count; i++)
            {
                if (Equality.Equal(env, items[i], item) == Tri.True)
                {
                    return true;
                }
            }

            return false;
        }

        heads ??= [];
        next ??= [];
        while (next.Count < count)
        {
            var known = Equality.Hash(items[start + next.Count]);
            var head = heads.GetValueOrDefault(known, -1);
            heads[known] = next.Count;
            next.Add(head);
        }

        env.Spend(1);
        for (var at = heads.GetValueOrDefault(Equality.Hash(item), -1); at >= 0 && env.Problem is null; at = next[at])
        {
            if (Equality.Equal(env, items[start + at], item) == Tri.True)
            {
                return true;
            }
        }

        return false;
    }
}

internal static class Collections
{
    public static int IndexOf(FhirPathEnvironment env, FhirPathResults list, in FhirPathItem item)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (Equality.Equal(env, list[i], item) == Tri.True)
            {
                return i;
            }

            if (env.Problem is not null)
            {
                return -1;
            }
        }

        return -1;
    }

    /// <summary>Adds the items that do not equal one before them.</summary>
    public static bool AddDistinct(FhirPathEnvironment env, FhirPathResults list, FhirPathResults output)
    {
        if (list.Count == 1)
        {
            output.Add(list[0]);
            return env.Spend(1);
        }

        var set = new ItemSet(env, output, output.Count);
        foreach (ref readonly var item in list.Span)
        {
            if (!set.Contains(item))
            {
                output.Add(item);
            }

            if (env.Problem is not null)
            {
                return false;
            }
        }

        return true;
    }
}
