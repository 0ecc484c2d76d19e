using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Blocking;

/// <summary>The pairs worth comparing, each once, as (lower row &lt;&lt; 32 | higher row).</summary>
internal static class CandidatePairs
{
    /// <summary>All pairs of one rule, a pair possibly more than once.</summary>
    public static PairBuffer OfRule(PersonTable table, Rule rule)
    {
        var keys = new ulong[table.Count + 1024];
        var rows = new int[keys.Length];
        var count = 0;
        Span<ulong> own = stackalloc ulong[BlockingKeys.MostKeys];
        for (var row = 0; row < table.Count; row++)
        {
            var n = BlockingKeys.Of(rule, table, table[row], own);
            if (count + n > keys.Length)
            {
                Array.Resize(ref keys, keys.Length * 2);
                Array.Resize(ref rows, rows.Length * 2);
            }

            for (var i = 0; i < n; i++)
            {
                keys[count] = own[i];
                rows[count++] = row;
            }
        }

        Array.Sort(keys, rows, 0, count);
        var pairs = new PairBuffer();
        var largest = BlockingKeys.LargestBlock(rule);
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && keys[end] == keys[start])
            {
                end++;
            }

            if (end - start is > 1 and var size)
            {
                var block = rows.AsSpan(start, size);
                if (size <= largest)
                {
                    AddAll(pairs, block);
                }
                else
                {
                    AddByBirth(pairs, table, block, largest);
                }
            }

            start = end;
        }

        return pairs;
    }

    /// <summary>The pairs of all rules, ascending and each once.</summary>
    public static ulong[] Of(PersonTable table)
    {
        var ofRules = new PairBuffer[BlockingKeys.Rules];
        Parallel.For(0, ofRules.Length, rule => ofRules[rule] = OfRule(table, (Rule)rule));
        return PairBuffer.Distinct(ofRules, table.Count);
    }

    private static void AddAll(PairBuffer pairs, ReadOnlySpan<int> rows)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = i + 1; j < rows.Length; j++)
            {
                pairs.Add(rows[i], rows[j]);
            }
        }
    }

    /// <summary>A telephone of a thousand people still brings together those of them who are born on one day.</summary>
    private static void AddByBirth(PairBuffer pairs, PersonTable table, Span<int> rows, int largest)
    {
        rows.Sort((a, b) => table[a].Birth.CompareTo(table[b].Birth));
        for (var start = 0; start < rows.Length;)
        {
            var end = start + 1;
            while (end < rows.Length && table[rows[end]].Birth == table[rows[start]].Birth)
            {
                end++;
            }

            if (end - start <= largest && table[rows[start]].Birth != 0)
            {
                AddAll(pairs, rows[start..end]);
            }

            start = end;
        }
    }
}
