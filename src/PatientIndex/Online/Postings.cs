namespace Kangqiao.PatientIndex.Online;

/// <summary>
/// Rows by a key, in chains: eight bytes an entry and two to four for its bucket. Keys are not kept, so what a chain yields has to
/// be asked whether it has the key. For one thread at a time.
/// </summary>
internal sealed class Postings
{
    private const int Fewest = 1 << 10;

    private int[] heads = NewHeads(Fewest);
    private int[] rows = new int[Fewest];
    private int[] nexts = new int[Fewest];
    private int used;
    private int free = -1;

    public int Count { get; private set; }

    /// <summary>Memory that it holds.</summary>
    public long Bytes => 4L * (heads.Length + rows.Length + nexts.Length);

    /// <summary>More entries than places: <see cref="Grow"/> wants every entry again.</summary>
    public bool IsCrowded => Count > heads.Length * 2;

    public void Add(ulong key, int row)
    {
        int at;
        if (free >= 0)
        {
            (at, free) = (free, nexts[free]);
        }
        else
        {
            if (used == rows.Length)
            {
                Array.Resize(ref rows, used + (used / 2));
                Array.Resize(ref nexts, rows.Length);
            }

            at = used++;
        }

        ref var head = ref heads[BucketOf(key)];
        rows[at] = row;
        nexts[at] = head;
        head = at;
        Count++;
    }

    public void Remove(ulong key, int row)
    {
        ref var link = ref heads[BucketOf(key)];
        while (link >= 0)
        {
            if (rows[link] == row)
            {
                var gone = link;
                link = nexts[gone];
                (nexts[gone], free) = (free, gone);
                Count--;
                return;
            }

            link = ref nexts[link];
        }
    }

    /// <summary>Empties it and makes room for twice as many.</summary>
    public void Grow()
    {
        heads = NewHeads(heads.Length * 4);
        (used, free, Count) = (0, -1, 0);
    }

    /// <summary>Rows of the key's chain, newest first; some may be there by another key.</summary>
    public Chain Of(ulong key) => new(this, heads[BucketOf(key)]);

    private static int[] NewHeads(int length)
    {
        var made = new int[length];
        Array.Fill(made, -1);
        return made;
    }

    private int BucketOf(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> 32) & (heads.Length - 1);

    internal struct Chain(Postings postings, int at)
    {
        private int next = at;

        public int Current { get; private set; }

        public bool MoveNext()
        {
            if (next < 0)
            {
                return false;
            }

            Current = postings.rows[next];
            next = postings.nexts[next];
            return true;
        }

        public readonly Chain GetEnumerator() => this;
    }
}
