using System.Numerics;

namespace Kangqiao.Terminology.Tables;

/// <summary>A set of positions in one table: a bit each.</summary>
internal sealed class ConceptSet(int size)
{
    private readonly ulong[] words = new ulong[(size + 63) / 64];

    public int Size => size;

    public bool Contains(int at) => (words[at >> 6] & (1UL << (at & 63))) != 0;

    public void Add(int at) => words[at >> 6] |= 1UL << (at & 63);

    public void Remove(int at) => words[at >> 6] &= ~(1UL << (at & 63));

    public void AddRange(int from, int end)
    {
        for (var at = from; at < end;)
        {
            if ((at & 63) == 0 && end - at >= 64)
            {
                words[at >> 6] = ulong.MaxValue;
                at += 64;
            }
            else
            {
                Add(at++);
            }
        }
    }

    public ConceptSet AddAll()
    {
        AddRange(0, size);
        return this;
    }

    public void UnionWith(ConceptSet other)
    {
        for (var i = 0; i < words.Length; i++)
        {
            words[i] |= other.words[i];
        }
    }

    public void IntersectWith(ConceptSet other)
    {
        for (var i = 0; i < words.Length; i++)
        {
            words[i] &= other.words[i];
        }
    }

    public void ExceptWith(ConceptSet other)
    {
        for (var i = 0; i < words.Length; i++)
        {
            words[i] &= ~other.words[i];
        }
    }

    public int Count()
    {
        var count = 0;
        foreach (var word in words)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>The first member at or after a position, or -1.</summary>
    public int Next(int from)
    {
        if (from >= size)
        {
            return -1;
        }

        var at = from >> 6;
        var word = words[at] & (ulong.MaxValue << (from & 63));
        while (word == 0)
        {
            if (++at == words.Length)
            {
                return -1;
            }

            word = words[at];
        }

        return (at << 6) + BitOperations.TrailingZeroCount(word);
    }
}
