using Kangqiao.PatientIndex.Blocking;
using Kangqiao.PatientIndex.Comparing;
using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Learning;

/// <summary>
/// Learns the weights from rows that nobody has labelled: u from pairs drawn at random, m by expectation maximisation over
/// pairs that share a key, leaving out the comparisons the key is made of, and the prior from all candidate pairs.
/// </summary>
internal static class Estimation
{
    private const int MostRandomPairs = 1_000_000, FewestRandomPairs = 50_000, RandomPairsARow = 40;
    private const int MostTrainingPairs = 600_000;
    private const int Rounds = 40;
    private const double Settled = 1e-5;

    /// <summary>A level that no random pair shows is held to be this much rarer than the rarest that could have been seen.</summary>
    private const double UnseenPairs = 0.5;

    /// <summary>Keys that by themselves make most pairs one person, and what they are made of or go with.</summary>
    private static readonly (Rule Rule, Comparison[] Without)[] Training =
    [
        (Rule.Number, [Comparison.Number]),
        (Rule.SoundAndBirth, [Comparison.Name, Comparison.Birth]),
        (Rule.BirthAndHouse, [Comparison.Birth, Comparison.Address, Comparison.Phone]),
    ];

    public static Weights Learn(MatchModel model, PersonTable table, AddressWeights addresses, Frequencies frequencies, ulong[] candidates)
    {
        var comparer = new PairComparer(table, addresses);
        var u = OfStrangers(table, comparer);
        var never = NeverOnePerson(model);
        var expected = model.Start.Select(levels => levels.Select(share => share * model.PseudoPairs).ToArray()).ToArray();
        foreach (var (rule, without) in Training)
        {
            var counts = Count(CandidatePairs.OfRule(table, rule), table, comparer);
            AddExpected(expected, model, u, counts, without, never);
        }

        var m = expected.Select(Shares).ToArray();
        return new(model, frequencies, m, u, Prior(model, table, addresses, frequencies, m, u, candidates));
    }

    private static double[][] OfStrangers(PersonTable table, PairComparer comparer)
    {
        var counts = new double[Pattern.Comparisons][];
        for (var c = 0; c < counts.Length; c++)
        {
            counts[c] = new double[Pattern.Levels(c)];
            counts[c].AsSpan(1).Fill(UnseenPairs);
        }

        // The same pairs every time: a run must be repeatable.
        ulong state = 0x5DEECE66D;
        var pairs = (int)Math.Clamp((long)table.Count * RandomPairsARow, FewestRandomPairs, MostRandomPairs);
        for (var n = 0; n < pairs && table.Count > 1; n++)
        {
            var i = (int)(Next(ref state) % (uint)table.Count);
            var j = (int)(Next(ref state) % (uint)table.Count);
            if (i == j)
            {
                continue;
            }

            var pattern = comparer.Compare(table[i], table[j]);
            for (var c = 0; c < counts.Length; c++)
            {
                counts[c][pattern.Level(c)]++;
            }
        }

        return [.. counts.Select(Shares)];
    }

    private static bool[] NeverOnePerson(MatchModel model)
    {
        var never = new bool[Pattern.Size];
        for (var bits = 0; bits < never.Length; bits++)
        {
            foreach (var guard in model.Guards)
            {
                if (guard.Most == Decision.None && guard.Holds(new(bits)))
                {
                    never[bits] = true;
                }
            }
        }

        return never;
    }

    private static Dictionary<int, double> Count(PairBuffer pairs, PersonTable table, PairComparer comparer)
    {
        var counts = new Dictionary<int, double>();
        var distinct = PairBuffer.Distinct([pairs], table.Count);
        var step = Math.Max(1, distinct.Length / MostTrainingPairs);
        for (var i = 0; i < distinct.Length; i += step)
        {
            var pattern = comparer.Compare(table[(int)(distinct[i] >> 32)], table[(int)distinct[i]]);
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, pattern.Bits, out _)++;
        }

        return counts;
    }

    private static void AddExpected(double[][] expected, MatchModel model, double[][] u, Dictionary<int, double> counts, Comparison[] without, bool[] never)
    {
        var m = model.Start.Select(levels => (double[])levels.Clone()).ToArray();
        var share = 0.5;
        var total = counts.Values.Sum();
        if (total == 0)
        {
            return;
        }

        var gained = Empty();
        for (var round = 0; round < Rounds; round++)
        {
            gained = Empty();
            double matches = 0;
            foreach (var (bits, count) in counts)
            {
                var p = never[bits] ? 0 : Posterior(new(bits), m, u, share, without);
                matches += p * count;
                for (var c = 0; c < gained.Length; c++)
                {
                    gained[c][new Pattern(bits).Level(c)] += p * count;
                }
            }

            var moved = Math.Abs((matches / total) - share);
            share = Math.Clamp(matches / total, 1e-6, 1 - 1e-6);
            for (var c = 0; c < m.Length; c++)
            {
                if (!without.Contains((Comparison)c))
                {
                    m[c] = Shares([.. gained[c].Zip(model.Start[c], (got, start) => got + (start * model.PseudoPairs))]);
                }
            }

            if (moved < Settled)
            {
                break;
            }
        }

        for (var c = 0; c < expected.Length; c++)
        {
            for (var level = 1; level < expected[c].Length && !without.Contains((Comparison)c); level++)
            {
                expected[c][level] += gained[c][level];
            }
        }
    }

    private static double Posterior(Pattern pattern, double[][] m, double[][] u, double share, Comparison[] without)
    {
        var odds = share / (1 - share);
        for (var c = 0; c < m.Length; c++)
        {
            var level = pattern.Level(c);
            if (level > 0 && !without.Contains((Comparison)c))
            {
                odds *= Math.Max(m[c][level], 1e-9) / Math.Max(u[c][level], 1e-9);
            }
        }

        return odds / (1 + odds);
    }

    /// <summary>The share of pairs that are one person, in bits: found together with the probabilities that follow from it.</summary>
    private static double Prior(
        MatchModel model, PersonTable table, AddressWeights addresses, Frequencies frequencies, double[][] m, double[][] u, ulong[] candidates)
    {
        var all = Math.Max(1.0, table.Count * (table.Count - 1.0) / 2);
        var prior = -Math.Log2(Math.Max(2, table.Count));
        var step = Math.Max(1, candidates.Length / MostTrainingPairs);
        var comparer = new PairComparer(table, addresses);
        for (var round = 0; round < 3; round++)
        {
            var weights = new Weights(model, frequencies, m, u, prior);
            double matches = 1;
            for (var i = 0; i < candidates.Length; i += step)
            {
                ref readonly var a = ref table[(int)(candidates[i] >> 32)];
                ref readonly var b = ref table[(int)candidates[i]];
                var pattern = comparer.Compare(a, b);
                var probability = weights.Probability(pattern, a, b);
                matches += weights.Decide(pattern, probability) == Decision.Link ? probability * step : 0;
            }

            prior = Math.Log2(Math.Min(0.5, matches / all));
        }

        return prior;
    }

    private static double[][] Empty()
    {
        var counts = new double[Pattern.Comparisons][];
        for (var c = 0; c < counts.Length; c++)
        {
            counts[c] = new double[Pattern.Levels(c)];
        }

        return counts;
    }

    /// <summary>Shares among the levels that say something.</summary>
    private static double[] Shares(double[] counts)
    {
        double sum = 0;
        for (var level = 1; level < counts.Length; level++)
        {
            sum += counts[level];
        }

        var shares = new double[counts.Length];
        for (var level = 1; level < counts.Length && sum > 0; level++)
        {
            shares[level] = counts[level] / sum;
        }

        return shares;
    }

    private static ulong Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (z ^ (z >> 31)) >> 16;
    }
}
