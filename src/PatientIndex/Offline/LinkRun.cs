using Kangqiao.PatientIndex.Blocking;
using Kangqiao.PatientIndex.Clustering;
using Kangqiao.PatientIndex.Comparing;
using Kangqiao.PatientIndex.Learning;
using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Offline;

/// <summary>A pair that is one person, or may be. Rows count from 0.</summary>
public readonly record struct LinkedPair(int Left, int Right, double Probability, Decision Decision);

/// <summary>What a run found.</summary>
/// <param name="Pairs">Linked and to be reviewed, by left and right row.</param>
/// <param name="ClusterOf">For each row the lowest row of its person.</param>
public sealed record LinkResult(IReadOnlyList<LinkedPair> Pairs, IReadOnlyList<int> ClusterOf, long Compared);

/// <summary>Links rows of persons that nobody has labelled: reads them into columns, learns the weights, compares, decides.</summary>
public sealed class LinkRun(MatchModel model)
{
    /// <summary>Members of a group beyond which its pairs are not all written out.</summary>
    private const int LargestWrittenOut = 60;

    private readonly PersonTable table = new(model);

    public int Rows => table.Count;

    public void Add(in PersonValues values) => table.Add(values);

    public LinkResult Finish()
    {
        var candidates = CandidatePairs.Of(table);
        var addresses = new CountedAddressWeights(table);
        var weights = Estimation.Learn(model, table, addresses, new Frequencies(table), candidates);
        var (links, reviews) = Score(candidates, addresses, weights);
        return Close(links, reviews, addresses, weights, candidates.Length);
    }

    private (List<LinkedPair> Links, List<LinkedPair> Reviews) Score(ulong[] candidates, AddressWeights addresses, Weights weights)
    {
        var links = new List<LinkedPair>();
        var reviews = new List<LinkedPair>();
        var gate = new Lock();
        const int Chunk = 1 << 16;
        Parallel.For(0, (candidates.Length + Chunk - 1) / Chunk, chunk =>
        {
            var comparer = new PairComparer(table, addresses);
            var found = new List<LinkedPair>();
            var end = Math.Min(candidates.Length, (chunk + 1) * Chunk);
            for (var i = chunk * Chunk; i < end; i++)
            {
                var left = (int)(candidates[i] >> 32);
                var right = (int)candidates[i];
                var pattern = comparer.Compare(table[left], table[right]);
                var probability = weights.Probability(pattern, table[left], table[right]);
                if (weights.Decide(pattern, probability) is not Decision.None and var decision)
                {
                    found.Add(new(left, right, probability, decision));
                }
            }

            lock (gate)
            {
                foreach (var pair in found)
                {
                    (pair.Decision == Decision.Link ? links : reviews).Add(pair);
                }
            }
        });
        return (links, reviews);
    }

    private LinkResult Close(List<LinkedPair> links, List<LinkedPair> reviews, AddressWeights addresses, Weights weights, long compared)
    {
        // Surest first; among equals by row, so that a run can be repeated whatever the threads did.
        links.Sort((a, b) => b.Probability != a.Probability ? b.Probability.CompareTo(a.Probability)
            : a.Left != b.Left ? a.Left.CompareTo(b.Left) : a.Right.CompareTo(b.Right));
        var comparer = new PairComparer(table, addresses);
        bool Contradicts(PersonRow a, PersonRow b) => model.Contradicts(comparer.Compare(a, b));
        var clusters = new Clusters(table.Count, table);
        var pairs = new List<LinkedPair>(links.Count + reviews.Count);
        foreach (var link in links)
        {
            if (!clusters.Join(link.Left, link.Right, Contradicts))
            {
                pairs.Add(link with { Decision = Decision.Review });
            }
        }

        foreach (var review in reviews)
        {
            if (clusters.Of(review.Left) != clusters.Of(review.Right))
            {
                pairs.Add(review);
            }
        }

        var lowest = new int[table.Count];
        Array.Fill(lowest, -1);
        for (var row = 0; row < table.Count; row++)
        {
            if (lowest[row] >= 0)
            {
                continue;
            }

            var members = clusters.With(row).Order().ToArray();
            foreach (var member in members)
            {
                lowest[member] = row;
            }

            for (var i = 0; members.Length <= LargestWrittenOut && i < members.Length; i++)
            {
                for (var j = i + 1; j < members.Length; j++)
                {
                    var (a, b) = (members[i], members[j]);
                    pairs.Add(new(a, b, weights.Probability(comparer.Compare(table[a], table[b]), table[a], table[b]), Decision.Link));
                }
            }
        }

        foreach (var link in links)
        {
            if (clusters.Size(link.Left) > LargestWrittenOut && clusters.Of(link.Left) == clusters.Of(link.Right))
            {
                pairs.Add(link);
            }
        }

        pairs.Sort((a, b) => a.Left != b.Left ? a.Left.CompareTo(b.Left) : a.Right.CompareTo(b.Right));
        return new(pairs, lowest, compared);
    }
}
