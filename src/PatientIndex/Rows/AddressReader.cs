using System.Text;

namespace Kangqiao.PatientIndex.Rows;

/// <summary>
/// An address as a set of tokens: pairs of neighbouring Chinese characters, numbers, and of other scripts words and their
/// pairs of letters. How much a token says is left to its rarity: the street everybody lives in says little.
/// </summary>
internal static class AddressReader
{
    private const int LongestAddress = 300;
    private const uint NumberSeed = 0x6E756D00, WordSeed = 0x776F7264, PairSeed = 0x70616972;

    /// <summary>Distinct token hashes, ascending; and a key of the first two numbers, or 0 where there are fewer.</summary>
    public static (int[] Tokens, ulong House) Read(string raw)
    {
        var text = (raw.Length > LongestAddress ? raw[..LongestAddress] : raw).Normalize(NormalizationForm.FormKC);
        var tokens = new HashSet<int>();
        Span<ulong> numbers = stackalloc ulong[2];
        var numbersSeen = 0;
        var i = 0;
        while (i < text.Length)
        {
            var c = text[i];
            if (char.IsAsciiDigit(c))
            {
                ulong value = 0;
                var start = i;
                for (; i < text.Length && char.IsAsciiDigit(text[i]); i++)
                {
                    value = i - start < 18 ? (value * 10) + (uint)(text[i] - '0') : value;
                }

                tokens.Add(Hash(NumberSeed, (uint)value, (uint)(value >> 32)));
                if (numbersSeen < 2)
                {
                    numbers[numbersSeen++] = value + 1;
                }
            }
            else if (c is >= '\u3400' and <= '\u9FFF')
            {
                if (i + 1 < text.Length && text[i + 1] is >= '\u3400' and <= '\u9FFF')
                {
                    tokens.Add(Hash(PairSeed, c, text[i + 1]));
                }

                i++;
            }
            else if (char.IsLetter(c))
            {
                var word = WordSeed;
                var previous = '\0';
                for (; i < text.Length && char.IsLetter(text[i]) && text[i] < '\u3400'; i++)
                {
                    var letter = char.ToLowerInvariant(text[i]);
                    word = (uint)Hash(word, letter, 0);
                    if (previous != '\0')
                    {
                        tokens.Add(Hash(PairSeed, previous, letter));
                    }

                    previous = letter;
                }

                if (previous == '\0')
                {
                    i++;
                }
                else
                {
                    tokens.Add((int)word);
                }
            }
            else
            {
                i++;
            }
        }

        var sorted = tokens.ToArray();
        Array.Sort(sorted);
        return (sorted, numbersSeen == 2 ? (numbers[0] * 0x9E3779B97F4A7C15UL) ^ numbers[1] : 0);
    }

    private static int Hash(uint seed, uint a, uint b)
    {
        var h = (seed ^ a) * 0x85EBCA6B;
        h = ((h ^ (h >> 15)) ^ b) * 0xC2B2AE35;
        return (int)(h ^ (h >> 13));
    }
}
