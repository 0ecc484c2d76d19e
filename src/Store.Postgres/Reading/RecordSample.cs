using System.Numerics;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Postgres.Reading;

/// <param name="Place">Where it was taken from.</param>
/// <param name="Hashes">Its whole terms.</param>
/// <param name="Texts">Its terms that are kept as text, but for pairs of characters and the store's own.</param>
internal readonly record struct SampledRecord(int Place, long[] Hashes, string[] Texts);

/// <summary>
/// Some ten thousand records of all there are, by their terms. A question put to it says how common its matches are, whatever goes
/// together in it.
/// </summary>
internal sealed class RecordSample
{
    // What belongs to one patient lies together and is common only there: it says nothing of all.
    private const int LeastPlaces = 2;

    private static readonly Comparer<(string Text, int Record)> InOrder = Comparer<(string Text, int Record)>.Create(
        (a, b) => string.CompareOrdinal(a.Text, b.Text) is var order and not 0 ? order : a.Record.CompareTo(b.Record));

    private readonly Dictionary<long, int[]> few = [];
    private readonly Dictionary<long, ulong[]> many = [];
    private readonly (string Text, int Record)[] texts;
    private readonly int words;

    public RecordSample(IReadOnlyList<SampledRecord> records)
    {
        Size = records.Count;
        words = (Size + 63) / 64;
        var lists = new Dictionary<long, List<int>>();
        var named = new List<(string, int)>();
        for (var i = 0; i < Size; i++)
        {
            foreach (var hash in records[i].Hashes)
            {
                if (hash < 0)
                {
                    (lists.TryGetValue(hash, out var list) ? list : lists[hash] = []).Add(i);
                }
            }

            named.AddRange(records[i].Texts.Select(text => (text, i)));
        }

        texts = [.. named];
        Array.Sort(texts, InOrder);
        foreach (var (hash, list) in lists)
        {
            if (list.Select(i => records[i].Place).Distinct().Take(LeastPlaces).Count() < LeastPlaces)
            {
                continue;
            }

            // What has more entries than a set has words is kept as a set.
            if (list.Count > words)
            {
                many.Add(hash, SetOf(list));
            }
            else
            {
                few.Add(hash, [.. list]);
            }
        }
    }

    public int Size { get; }

    /// <summary>How many of the sample match; null where only terms that it does not hold decide.</summary>
    public int? Matches(TermQuery query)
    {
        if (Of(query) is not { } hits)
        {
            return null;
        }

        var count = 0;
        foreach (var word in hits)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>Null for a question that says nothing here: what stands beside it decides.</summary>
    private ulong[]? Of(TermQuery query)
    {
        switch (query)
        {
            case TermQuery.Term term:
                return WholeTerms.IsOne(term.Text) ? With([term.Text]) : Beginning(term.Text, isWhole: true);
            case TermQuery.Prefix prefix:
                return WholeTerms.With(prefix.Text) is { } whole ? With(whole) : Beginning(prefix.Text, isWhole: false);
            case TermQuery.Or or:
                return or.Parts.Select(Of).Aggregate((any, part) => Met(any, part, (a, b) => a | b));
            case TermQuery.And and:
                return and.Parts.Select(Of).Aggregate((all, part) => Met(all, part, (a, b) => a & b));
            case TermQuery.Not not:
                return Of(not.Part) is { } hits ? Array.ConvertAll(hits, word => ~word) : null;
            case TermQuery.NoRecord:
                return new ulong[words];
            default:
                return null;
        }
    }

    private static ulong[]? Met(ulong[]? one, ulong[]? other, Func<ulong, ulong, ulong> by)
    {
        if (one is null || other is null)
        {
            return one ?? other;
        }

        for (var i = 0; i < one.Length; i++)
        {
            one[i] = by(one[i], other[i]);
        }

        return one;
    }

    private ulong[] With(IReadOnlyList<string> terms)
    {
        var hits = new ulong[words];
        foreach (var term in terms)
        {
            var hash = TermColumns.HashOf(term);
            if (many.TryGetValue(hash, out var set))
            {
                for (var i = 0; i < hits.Length; i++)
                {
                    hits[i] |= set[i];
                }
            }
            else if (few.TryGetValue(hash, out var list))
            {
                foreach (var i in list)
                {
                    hits[i / 64] |= 1UL << (i % 64);
                }
            }
        }

        return hits;
    }

    private ulong[]? Beginning(string beginning, bool isWhole)
    {
        // Kept out: see SampledRecord.
        if (beginning[0] is 'g' or 'l')
        {
            return null;
        }

        var hits = new ulong[words];
        var at = Array.BinarySearch(texts, (beginning, -1), InOrder);
        for (at = at < 0 ? ~at : at; at < texts.Length && texts[at].Text.StartsWith(beginning, StringComparison.Ordinal); at++)
        {
            if (!isWhole || texts[at].Text.Length == beginning.Length)
            {
                hits[texts[at].Record / 64] |= 1UL << (texts[at].Record % 64);
            }
        }

        return hits;
    }

    private ulong[] SetOf(List<int> list)
    {
        var set = new ulong[words];
        foreach (var i in list)
        {
            set[i / 64] |= 1UL << (i % 64);
        }

        return set;
    }
}
