namespace Kangqiao.PatientIndex.Blocking;

/// <summary>A growing list of pairs in blocks, so that tens of millions are never copied.</summary>
internal sealed class PairBuffer
{
    private const int BlockSize = 1 << 18;

    private readonly List<ulong[]> blocks = [];
    private int inLast = BlockSize;

    public long Count => blocks.Count == 0 ? 0 : ((long)(blocks.Count - 1) * BlockSize) + inLast;

    public void Add(int a, int b)
    {
        if (a == b)
        {
            return;
        }

        if (inLast == BlockSize)
        {
            blocks.Add(new ulong[BlockSize]);
            inLast = 0;
        }

        blocks[^1][inLast++] = a < b ? ((ulong)(uint)a << 32) | (uint)b : ((ulong)(uint)b << 32) | (uint)a;
    }

    /// <summary>All pairs of several buffers, ascending, each once. The buffers are empty after.</summary>
    public static ulong[] Distinct(IReadOnlyList<PairBuffer> buffers, int rows)
    {
        // Parts by the lower row: each is sorted by itself, on all cores, and they follow each other in order.
        const int Parts = 16;
        var width = (rows / Parts) + 1;
        var counts = new long[Parts];
        foreach (var buffer in buffers)
        {
            buffer.Each(pair => counts[(int)(pair >> 32) / width]++);
        }

        var parts = new ulong[Parts][];
        var filled = new int[Parts];
        for (var i = 0; i < Parts; i++)
        {
            parts[i] = new ulong[counts[i]];
        }

        foreach (var buffer in buffers)
        {
            buffer.Each(pair =>
            {
                var part = (int)(pair >> 32) / width;
                parts[part][filled[part]++] = pair;
            });
            buffer.blocks.Clear();
            buffer.inLast = BlockSize;
        }

        Parallel.For(0, Parts, i =>
        {
            Array.Sort(parts[i]);
            filled[i] = Unique(parts[i]);
        });
        var all = new ulong[filled.Sum(n => (long)n)];
        var at = 0;
        for (var i = 0; i < Parts; i++)
        {
            parts[i].AsSpan(0, filled[i]).CopyTo(all.AsSpan(at));
            at += filled[i];
            parts[i] = [];
        }

        return all;
    }

    private static int Unique(ulong[] sorted)
    {
        var kept = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (kept == 0 || sorted[kept - 1] != sorted[i])
            {
                sorted[kept++] = sorted[i];
            }
        }

        return kept;
    }

    private void Each(Action<ulong> action)
    {
        for (var b = 0; b < blocks.Count; b++)
        {
            var block = blocks[b];
            var count = b == blocks.Count - 1 ? inLast : BlockSize;
            for (var i = 0; i < count; i++)
            {
                action(block[i]);
            }
        }
    }
}
