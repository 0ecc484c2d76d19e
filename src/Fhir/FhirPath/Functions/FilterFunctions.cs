namespace Kangqiao.Fhir.FhirPath;

/// <summary>http://hl7.org/fhirpath/#filtering-and-projection, and aggregate(), sort() and tree navigation.</summary>
internal static class FilterFunctions
{
    public static readonly Function[] All =
    [
        new("where", 1, 1, Where),
        new("select", 1, 1, Select),
        new("repeat", 1, 1, static (in call, ref frame, input, output) => Repeat(call, ref frame, input, output, onlyNew: true)),
        new("repeatAll", 1, 1, static (in call, ref frame, input, output) => Repeat(call, ref frame, input, output, onlyNew: false)),
        new("aggregate", 1, 2, Aggregate),
        new("sort", 0, 16, Sort),
        new("children", 0, 0, Children),
        new("descendants", 0, 0, Descendants),
    ];

    private static bool Where(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        var criteria = call.Arguments[0];
        for (var i = 0; i < input.Count; i++)
        {
            var inner = new Frame(input[i], i, frame);
            if (!criteria.EvaluateBoolean(call.Env, ref inner, "where()", out var value))
            {
                return false;
            }

            if (value == Tri.True)
            {
                output.Add(input[i]);
            }
        }

        return call.Env.Spend(input.Count);
    }

    private static bool Select(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        var projection = call.Arguments[0];
        for (var i = 0; i < input.Count; i++)
        {
            var inner = new Frame(input[i], i, frame);
            if (!projection.Evaluate(call.Env, ref inner, output))
            {
                return false;
            }
        }

        return call.Env.Spend(input.Count);
    }

    private static bool Repeat(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output, bool onlyNew)
    {
        var env = call.Env;
        var found = env.Rent();
        var made = env.Rent();
        var set = new ItemSet(env, found);
        var isGood = true;
        var place = 0;

        // First the input itself is projected, then whatever that found, until nothing new comes.
        for (var next = -input.Count; isGood && next < found.Count; next++)
        {
            made.Clear();
            var inner = new Frame(next < 0 ? input[input.Count + next] : found[next], place++, frame);
            isGood = call.Arguments[0].Evaluate(env, ref inner, made) && env.Spend(made.Count + 1);
            foreach (ref readonly var item in made.Span)
            {
                if (!onlyNew || !set.Contains(item))
                {
                    found.Add(item);
                }
            }
        }

        output.AddRange(found);
        env.Return(found);
        env.Return(made);
        return isGood;
    }

    private static bool Aggregate(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        var env = call.Env;
        var total = env.Rent();
        var next = env.Rent();
        var isGood = call.Arguments.Length < 2 || call.TryEvaluate(1, ref frame, total);
        for (var i = 0; isGood && i < input.Count; i++)
        {
            var inner = new Frame(input[i], i, frame) { Total = total };
            next.Clear();
            isGood = call.Arguments[0].Evaluate(env, ref inner, next) && env.Spend(next.Count + 1);
            (total, next) = (next, total);
        }

        output.AddRange(total);
        env.Return(total);
        env.Return(next);
        return isGood;
    }

    /// <summary>Keys ascend; a minus before a key, or the word desc after it, turns it round. Empty keys come first either way (official
    /// suite, testSort10). Ties keep their order.</summary>
    private static bool Sort(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        var env = call.Env;
        var width = Math.Max(1, call.Arguments.Length);
        var keys = new FhirPathItem?[input.Count * width];
        var list = env.Rent();
        var isGood = true;
        for (var i = 0; isGood && i < input.Count; i++)
        {
            for (var k = 0; isGood && k < width; k++)
            {
                list.Clear();
                var inner = new Frame(input[i], i, frame);
                if (call.Arguments.Length == 0)
                {
                    list.Add(input[i]);
                }
                else
                {
                    isGood = call.Arguments[k].Evaluate(env, ref inner, list);
                }

                if (isGood && Singletons.TryValue(env, list, "sort()", out var key, out var isThere))
                {
                    keys[(i * width) + k] = isThere ? key : null;
                }
                else
                {
                    isGood = false;
                }
            }
        }

        env.Return(list);
        if (!isGood)
        {
            return false;
        }

        foreach (var i in SortedPlaces(env, keys, width, call.Descending, input.Count))
        {
            output.Add(input[i]);
        }

        return true;
    }

    /// <summary>A merge sort of our own: the framework's may throw where partial dates leave the order open.</summary>
    private static int[] SortedPlaces(FhirPathEnvironment env, FhirPathItem?[] keys, int width, bool[] descending, int count)
    {
        var order = new int[count];
        var merged = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        for (var run = 1; run < count; run *= 2)
        {
            for (var start = 0; start < count; start += 2 * run)
            {
                var middle = Math.Min(start + run, count);
                var end = Math.Min(start + (2 * run), count);
                int left = start, right = middle;
                for (var at = start; at < end; at++)
                {
                    var takesLeft = left < middle && (right >= end || Compare(order[left], order[right]) <= 0);
                    merged[at] = takesLeft ? order[left++] : order[right++];
                }
            }

            (order, merged) = (merged, order);
        }

        return order;

        int Compare(int a, int b)
        {
            for (var k = 0; k < width; k++)
            {
                var left = keys[(a * width) + k];
                var right = keys[(b * width) + k];
                var compared = CompareKeys(env, left, right);
                if (compared != 0)
                {
                    return k < descending.Length && descending[k] && left is not null && right is not null ? -compared : compared;
                }
            }

            return 0;
        }
    }

    private static int CompareKeys(FhirPathEnvironment env, FhirPathItem? left, FhirPathItem? right)
    {
        if (left is not { } l || right is not { } r)
        {
            return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        }

        // After a problem the order no longer matters; the sort only has to end.
        return env.Problem is null && Ordering.TryCompare(env, l, r, "sort()", out var order) ? order ?? 0 : 0;
    }

    private static bool Children(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        var before = output.Count;
        foreach (ref readonly var item in input.Span)
        {
            if (item.Element.Exists)
            {
                foreach (var child in item.Element.Children)
                {
                    output.Add(FhirPathItem.Of(child));
                }
            }
        }

        return call.Env.Spend(output.Count - before);
    }

    private static bool Descendants(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        foreach (ref readonly var item in input.Span)
        {
            if (item.Element.Exists && !AddBelow(call.Env, item.Element, output))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AddBelow(FhirPathEnvironment env, Reading.Element element, FhirPathResults output)
    {
        // Depth is bounded by ReadOptions.MaxDepth.
        foreach (var child in element.Children)
        {
            output.Add(FhirPathItem.Of(child));
            if (!env.Spend(1) || !AddBelow(env, child, output))
            {
                return false;
            }
        }

        return true;
    }
}
