using System.Runtime.InteropServices;

namespace Kangqiao.Terminology.Tables;

/// <summary>
/// Which concept lies above which. Concepts are numbered so that all beneath one follow it without a gap; where a concept has
/// more than one parent, those above it by the others keep the further stretches that lie beneath them. So "is this above
/// that" is a comparison, or a binary search.
/// </summary>
internal sealed class Hierarchy
{
    private readonly int[] parents;
    private readonly int[] ends;
    private readonly Dictionary<int, int[]> furtherParents = [];
    private readonly Dictionary<int, int[]> furtherChildren = [];
    private readonly Dictionary<int, Stretch[]> furtherBelow = [];

    private Hierarchy(int[] parents, int[] ends)
    {
        this.parents = parents;
        this.ends = ends;
    }

    public bool IsFlat { get; private init; }

    /// <summary>Is <paramref name="upper"/> the same as or above <paramref name="lower"/>?</summary>
    public bool IsAbove(int upper, int lower)
    {
        if (lower >= upper && lower < ends[upper])
        {
            return true;
        }

        if (furtherBelow.Count == 0 || !furtherBelow.TryGetValue(upper, out var stretches))
        {
            return false;
        }

        var low = 0;
        var high = stretches.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (lower < stretches[middle].From)
            {
                high = middle - 1;
            }
            else if (lower >= stretches[middle].End)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds the concept and all beneath it.</summary>
    public void AddWithDescendants(int concept, ConceptSet into)
    {
        into.AddRange(concept, ends[concept]);
        if (furtherBelow.TryGetValue(concept, out var stretches))
        {
            foreach (var stretch in stretches)
            {
                into.AddRange(stretch.From, stretch.End);
            }
        }
    }

    /// <summary>Adds the concept and all above it.</summary>
    public void AddWithAncestors(int concept, ConceptSet into)
    {
        var left = new Stack<int>();
        left.Push(concept);
        while (left.TryPop(out var at))
        {
            if (!into.Contains(at))
            {
                into.Add(at);
                foreach (var parent in Parents(at))
                {
                    left.Push(parent);
                }
            }
        }
    }

    public IEnumerable<int> Parents(int concept)
    {
        if (parents[concept] >= 0)
        {
            yield return parents[concept];
        }

        foreach (var parent in furtherParents.GetValueOrDefault(concept) ?? [])
        {
            yield return parent;
        }
    }

    public IEnumerable<int> Children(int concept)
    {
        for (var child = concept + 1; child < ends[concept]; child = ends[child])
        {
            yield return child;
        }

        foreach (var child in furtherChildren.GetValueOrDefault(concept) ?? [])
        {
            yield return child;
        }
    }

    /// <summary>Numbers the concepts and lays out what is beneath each.</summary>
    /// <param name="primary">The parent of each, or -1; by the given numbering.</param>
    /// <param name="further">Child and parent of all other relations.</param>
    /// <param name="order">The given number of each concept in the new numbering.</param>
    /// <param name="fault">A concept that lies beneath itself, in the given numbering, or -1.</param>
    /// <param name="isTooTangled">The relations would take more memory than a hierarchy that people made can need.</param>
    public static Hierarchy? Of(int[] primary, List<(int Child, int Parent)> further, out int[] order, out int fault, out bool isTooTangled)
    {
        isTooTangled = false;
        order = Number(primary, out var ends, out fault);
        if (fault >= 0)
        {
            return null;
        }

        var numbers = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            numbers[order[i]] = i;
        }

        var above = new int[order.Length];
        var isFlat = further.Count == 0;
        for (var i = 0; i < order.Length; i++)
        {
            above[i] = primary[order[i]] < 0 ? -1 : numbers[primary[order[i]]];
            isFlat &= above[i] < 0;
        }

        var hierarchy = new Hierarchy(above, ends) { IsFlat = isFlat };
        if (further.Count > 0)
        {
            hierarchy.Link(further.Select(f => (numbers[f.Child], numbers[f.Parent])));
            if (!hierarchy.LayOut(out fault, out isTooTangled))
            {
                fault = fault < 0 ? -1 : order[fault];
                return null;
            }
        }

        return hierarchy;
    }

    // Depth first, children in the order given, without recursion.
    private static int[] Number(int[] primary, out int[] ends, out int fault)
    {
        var count = primary.Length;
        var firstChild = new int[count + 1];
        var nextSibling = new int[count];
        Array.Fill(firstChild, -1);
        for (var i = count - 1; i >= 0; i--)
        {
            var parent = primary[i] < 0 ? count : primary[i];
            nextSibling[i] = firstChild[parent];
            firstChild[parent] = i;
        }

        var order = new int[count];
        var numbers = new int[count];
        ends = new int[count];
        var numbered = 0;
        for (var at = firstChild[count]; at >= 0;)
        {
            numbers[at] = numbered;
            order[numbered++] = at;
            if (firstChild[at] >= 0)
            {
                at = firstChild[at];
                continue;
            }

            while (at >= 0)
            {
                ends[numbers[at]] = numbered;
                if (nextSibling[at] >= 0)
                {
                    at = nextSibling[at];
                    break;
                }

                at = primary[at];
            }
        }

        fault = -1;
        if (numbered < count)
        {
            var reached = new bool[count];
            foreach (var at in order.AsSpan(0, numbered))
            {
                reached[at] = true;
            }

            fault = Array.IndexOf(reached, false);
        }

        return order;
    }

    private void Link(IEnumerable<(int Child, int Parent)> further)
    {
        var above = new Dictionary<int, SortedSet<int>>();
        var beneath = new Dictionary<int, SortedSet<int>>();
        foreach (var (child, parent) in further)
        {
            if (parents[child] != parent)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(above, child, out _) ??= []).Add(parent);
                (CollectionsMarshal.GetValueRefOrAddDefault(beneath, parent, out _) ??= []).Add(child);
            }
        }

        foreach (var (child, set) in above)
        {
            furtherParents[child] = [.. set];
        }

        foreach (var (parent, set) in beneath)
        {
            furtherChildren[parent] = [.. set];
        }
    }

    // From the leaves up: beneath a concept lies what lies beneath its children.
    private bool LayOut(out int fault, out bool isTooTangled)
    {
        var waiting = new int[parents.Length];
        for (var i = 0; i < parents.Length; i++)
        {
            foreach (var parent in Parents(i))
            {
                waiting[parent]++;
            }
        }

        var ready = new Queue<int>();
        for (var i = 0; i < waiting.Length; i++)
        {
            if (waiting[i] == 0)
            {
                ready.Enqueue(i);
            }
        }

        var gathered = new Dictionary<int, List<Stretch>>();
        var budget = 2_000_000L + (16L * parents.Length);
        isTooTangled = false;
        fault = -1;
        var done = 0;
        while (ready.TryDequeue(out var at))
        {
            done++;
            var below = Settle(at, gathered);
            if (below.Length > 0)
            {
                furtherBelow[at] = below;
            }

            foreach (var parent in Parents(at))
            {
                var isPrimary = parents[at] == parent;
                if (below.Length > 0 || !isPrimary)
                {
                    var list = CollectionsMarshal.GetValueRefOrAddDefault(gathered, parent, out _) ??= [];
                    list.AddRange(below);
                    if (!isPrimary)
                    {
                        list.Add(new Stretch(at, ends[at]));
                    }

                    budget -= below.Length + 1;
                    if (budget < 0)
                    {
                        isTooTangled = true;
                        return false;
                    }
                }

                if (--waiting[parent] == 0)
                {
                    ready.Enqueue(parent);
                }
            }
        }

        if (done < parents.Length)
        {
            fault = Array.FindIndex(waiting, w => w > 0);
            return false;
        }

        return true;
    }

    /// <summary>The gathered stretches sorted, joined, and without those the concept's own stretch has.</summary>
    private Stretch[] Settle(int at, Dictionary<int, List<Stretch>> gathered)
    {
        if (!gathered.Remove(at, out var stretches))
        {
            return [];
        }

        stretches.Sort(static (a, b) => a.From.CompareTo(b.From));
        var joined = new List<Stretch>();
        foreach (var stretch in stretches)
        {
            if (stretch.From >= at && stretch.End <= ends[at])
            {
                continue;
            }

            if (joined.Count > 0 && stretch.From <= joined[^1].End)
            {
                joined[^1] = joined[^1] with { End = Math.Max(joined[^1].End, stretch.End) };
            }
            else
            {
                joined.Add(stretch);
            }
        }

        return [.. joined];
    }

    private readonly record struct Stretch(int From, int End);
}
