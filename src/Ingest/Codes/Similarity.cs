using System.Text;

namespace Kangqiao.Ingest.Codes;

/// <summary>How alike two names are: the share of neighbouring characters that they have in common (Dice), from 0 to 1.</summary>
internal static class Similarity
{
    /// <summary>Without spaces, punctuation and case, in the form of full compatibility (NFKC).</summary>
    public static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var letter in name.IsNormalized(NormalizationForm.FormKC) ? name : name.Normalize(NormalizationForm.FormKC))
        {
            if (char.IsLetterOrDigit(letter))
            {
                plain.Append(char.ToLowerInvariant(letter));
            }
        }

        return plain.ToString();
    }

    /// <summary>Pairs of neighbours, each once; a single character stands for itself.</summary>
    public static HashSet<int> Pairs(ReadOnlySpan<char> plain)
    {
        var pairs = new HashSet<int>(plain.Length);
        for (var i = 0; i + 1 < plain.Length; i++)
        {
            pairs.Add((plain[i] << 16) | plain[i + 1]);
        }

        if (plain.Length == 1)
        {
            pairs.Add(plain[0]);
        }

        return pairs;
    }

    /// <param name="pairs">Of the one.</param>
    /// <param name="other">The other, plain.</param>
    public static double Of(HashSet<int> pairs, ReadOnlySpan<char> other)
    {
        if (pairs.Count == 0 || other.IsEmpty)
        {
            return 0;
        }

        var theirs = Pairs(other);
        var shared = theirs.Count(pairs.Contains);
        return 2.0 * shared / (pairs.Count + theirs.Count);
    }
}
