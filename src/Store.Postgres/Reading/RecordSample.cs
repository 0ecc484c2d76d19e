using System.Collections;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>
/// Some thousand records of all there are, by their terms. A question put to it says how common its matches are, whatever goes
/// together in it. Terms that are kept as text are not in it.
/// </summary>
internal sealed class RecordSample
{
    // What belongs to one patient lies together and is common only there: it says nothing of all.
    private const int LeastPlaces = 3;

    private readonly Dictionary<long, ushort[]> found = [];
    private readonly int size;

    /// <param name="records">The hashes of each record, and the place that it was taken from.</param>
    public RecordSample(IReadOnlyList<(int Place, long[] Hashes)> records)
    {
        size = Math.Min(records.Count, ushort.MaxValue);
        var lists = new Dictionary<long, List<ushort>>();
        for (var i = 0; i < size; i++)
        {
            foreach (var hash in records[i].Hashes)
            {
                if (hash < 0)
                {
                    (lists.TryGetValue(hash, out var list) ? list : lists[hash] = []).Add((ushort)i);
                }
            }
        }

        foreach (var (hash, list) in lists)
        {
            if (list.Count >= LeastPlaces && list.Select(i => records[i].Place).Distinct().Take(LeastPlaces).Count() == LeastPlaces)
            {
                found.Add(hash, [.. list]);
            }
        }
    }

    public int Size => size;

    /// <summary>How many of the sample match; null where only terms kept as text decide.</summary>
    public int? Matches(TermQuery query)
    {
        if (Of(query) is not { } hits)
        {
            return null;
        }

        var count = 0;
        for (var i = 0; i < size; i++)
        {
            count += hits[i] ? 1 : 0;
        }

        return count;
    }

    /// <summary>Null for a question that says nothing here: what stands beside it decides.</summary>
    private BitArray? Of(TermQuery query)
    {
        switch (query)
        {
            case TermQuery.Term term:
                return WholeTerms.IsOne(term.Text) ? With([term.Text]) : null;
            case TermQuery.Prefix prefix:
                return WholeTerms.With(prefix.Text) is { } whole ? With(whole) : null;
            case TermQuery.Or or:
                return Joined(or.Parts.Select(Of).ToList());
            case TermQuery.And and:
                BitArray? all = null;
                foreach (var part in and.Parts)
                {
                    if (Of(part) is { } hits)
                    {
                        all = all is null ? hits : all.And(hits);
                    }
                }

                return all;
            case TermQuery.Not not:
                return Of(not.Part)?.Not();
            case TermQuery.NoRecord:
                return new(size);
            default:
                return null;
        }
    }

    /// <summary>Any of them. What is kept as text adds little to what is not.</summary>
    private static BitArray? Joined(List<BitArray?> parts)
    {
        BitArray? any = null;
        foreach (var part in parts)
        {
            any = part is null ? any : any?.Or(part) ?? part;
        }

        return any;
    }

    private BitArray With(IReadOnlyList<string> terms)
    {
        var hits = new BitArray(size);
        foreach (var term in terms)
        {
            foreach (var i in found.GetValueOrDefault(TermColumns.HashOf(term), []))
            {
                hits[i] = true;
            }
        }

        return hits;
    }
}
