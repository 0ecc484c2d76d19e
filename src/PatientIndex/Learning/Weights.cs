using Kangqiao.PatientIndex.Comparing;
using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Learning;

/// <summary>One thing that speaks for or against two rows being one person.</summary>
/// <param name="Level">As the comparison names its levels.</param>
/// <param name="Bits">Binary logarithm of how many times more often it is so among pairs of one person than of two.</param>
public sealed record Evidence(Comparison Comparison, string Level, double Bits);

/// <summary>
/// The Fellegi–Sunter weights: for each level the share among pairs of one person (m) and of two (u), the prior, and for
/// agreement on a value how rare that value is.
/// </summary>
internal sealed class Weights
{
    /// <summary>No single comparison decides alone, however it was estimated.</summary>
    private const double MostBits = 24;

    /// <summary>People who share a telephone mostly share a home: of the lesser of the two only this part counts.</summary>
    private const double SecondOfHousehold = 0.3;

    private readonly MatchModel model;
    private readonly Rarity rarity;
    private readonly double[][] logM;
    private readonly double[][] logRatio;

    public Weights(MatchModel model, Rarity rarity, double[][] m, double[][] u, double priorBits)
    {
        this.model = model;
        this.rarity = rarity;
        PriorBits = priorBits;
        M = m;
        U = u;
        logM = [.. m.Select(levels => levels.Select(x => Math.Log2(Math.Max(x, 1e-9))).ToArray())];
        logRatio = [.. m.Select((levels, c) => levels.Select((x, l) => Math.Clamp(Math.Log2(Math.Max(x, 1e-9) / Math.Max(u[c][l], 1e-9)), -MostBits, MostBits)).ToArray())];
    }

    public double PriorBits { get; }

    public double[][] M { get; }

    public double[][] U { get; }

    /// <summary>Probability that both rows are one person.</summary>
    public double Probability(Pattern pattern, in PersonRow a, in PersonRow b)
    {
        Span<double> bits = stackalloc double[7];
        Fill(pattern, a, b, bits);
        return OfBits(Sum(bits));
    }

    public Decision Decide(Pattern pattern, double probability)
    {
        var decision = probability >= model.LinkFrom ? Decision.Link : probability >= model.ReviewFrom ? Decision.Review : Decision.None;
        if (decision == Decision.None)
        {
            return decision;
        }

        foreach (var guard in model.Guards)
        {
            if (guard.Most < decision && guard.Holds(pattern))
            {
                decision = guard.Most;
            }
        }

        return decision;
    }

    /// <summary>What spoke for and against, in the order of the comparisons; the prior is apart.</summary>
    public IReadOnlyList<Evidence> Explain(Pattern pattern, in PersonRow a, in PersonRow b)
    {
        Span<double> bits = stackalloc double[7];
        Fill(pattern, a, b, bits);
        var evidence = new List<Evidence>(bits.Length);
        for (var c = 0; c < bits.Length; c++)
        {
            evidence.Add(new((Comparison)c, MatchModel.LevelName(c, pattern.Level(c)), bits[c]));
        }

        return evidence;
    }

    private static double OfBits(double bits) => 1 / (1 + Math.Pow(2, -bits));

    private double Sum(ReadOnlySpan<double> bits)
    {
        var sum = PriorBits;
        foreach (var bit in bits)
        {
            sum += bit;
        }

        return sum;
    }

    private void Fill(Pattern pattern, in PersonRow a, in PersonRow b, Span<double> bits)
    {
        for (var c = 0; c < bits.Length; c++)
        {
            var level = pattern.Level(c);
            bits[c] = level == 0 ? 0 : logRatio[c][level];
        }

        bits[0] = pattern.Name switch
        {
            NameLevel.Exact => Rare(Comparison.Name, (int)NameLevel.Exact, rarity.Name(a.Name, b.Name)),
            NameLevel.Sound => Rare(Comparison.Name, (int)NameLevel.Sound, rarity.Sound(a.Name, b.Name)),
            NameLevel.Partial => Rare(Comparison.Name, (int)NameLevel.Partial, rarity.Part(a.Name, b.Name)),
            _ => bits[0],
        };
        if (pattern.Birth == BirthLevel.Exact)
        {
            bits[1] = Rare(Comparison.Birth, (int)BirthLevel.Exact, rarity.BirthDay(a.Birth));
        }

        if (pattern.Number == NumberLevel.Exact)
        {
            bits[2] = Rare(Comparison.Number, (int)NumberLevel.Exact, rarity.Number(a.Number));
        }

        if (pattern.Phone == PhoneLevel.Exact)
        {
            bits[3] = Rare(Comparison.Phone, (int)PhoneLevel.Exact, rarity.Phone(a.Phone));
        }

        if (pattern.Address == AddressLevel.Same)
        {
            bits[5] = Rare(Comparison.Address, (int)AddressLevel.Same, rarity.Address(a.Address, b.Address));
        }

        if (bits[3] > 0 && bits[5] > 0)
        {
            ref var lesser = ref bits[3] < bits[5] ? ref bits[3] : ref bits[5];
            lesser *= SecondOfHousehold;
        }
    }

    private double Rare(Comparison comparison, int level, double bits) => Math.Clamp(logM[(int)comparison][level] + bits, -MostBits, MostBits);
}
