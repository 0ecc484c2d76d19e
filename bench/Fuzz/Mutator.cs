using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Fuzz;

/// <summary>Spoils a sound resource in one to six ways, from a flipped bit to a bomb. The same numbers spoil it the same way.</summary>
internal sealed class Mutator(Corpus corpus)
{
    private const int LargestInput = 4_000_000;

    private readonly List<(int Start, int Length)> tokens = [];

    public byte[] Spoil(byte[] sound, ref SplitMix64 random)
    {
        var bytes = new List<byte>(sound);
        for (var times = random.Between(1, 6); times > 0 && bytes.Count > 0; times--)
        {
            SpoilOnce(bytes, ref random);
            if (bytes.Count > LargestInput)
            {
                bytes.RemoveRange(LargestInput, bytes.Count - LargestInput);
            }
        }

        return [.. bytes];
    }

    private void SpoilOnce(List<byte> bytes, ref SplitMix64 random)
    {
        var at = random.Below(bytes.Count);
        switch (random.Below(16))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Below(8));
                break;
            case 1:
                bytes[at] = (byte)random.Below(256);
                break;
            case 2:
                bytes.Insert(at, (byte)random.Below(256));
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Between(1, 40)));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                Repeat(bytes, at, Math.Min(bytes.Count - at, random.Between(1, 200)), random.Between(1, 50));
                break;
            case 6:
                Splice(bytes, at, ref random);
                break;
            case 7:
                Nest(bytes, ref random);
                break;
            case 8:
                Widen(bytes, ref random);
                break;
            case < 13:
                ReplaceToken(bytes, Hostile.Values[random.Below(Hostile.Values.Length)], ref random);
                break;
            default:
                SwapTokens(bytes, ref random);
                break;
        }
    }

    private static void Repeat(List<byte> bytes, int at, int length, int times)
    {
        var slice = bytes.GetRange(at, length);
        for (; times > 0; times--)
        {
            bytes.InsertRange(at, slice);
        }
    }

    private void Splice(List<byte> bytes, int at, ref SplitMix64 random)
    {
        var other = corpus[random.Below(corpus.Count)];
        var start = random.Below(other.Length);
        bytes.InsertRange(at, other.AsSpan(start, Math.Min(other.Length - start, random.Between(1, 2000))).ToArray());
    }

    /// <summary>A value inside of itself, some times or very many.</summary>
    private void Nest(List<byte> bytes, ref SplitMix64 random)
    {
        if (!TryToken(bytes, ref random, out var token))
        {
            return;
        }

        var levels = random.Chance(800) ? random.Between(2, 80) : random.Between(1_000, 60_000);
        var (open, close) = random.Below(3) switch
        {
            0 => ("["u8.ToArray(), "]"u8.ToArray()),
            1 => ("{\"extension\":[{\"url\":\"x\",\"extension\":["u8.ToArray(), "]}]}"u8.ToArray()),
            _ => ("{\"contained\":["u8.ToArray(), "]}"u8.ToArray()),
        };
        var value = bytes.GetRange(token.Start, token.Length);
        var nested = new List<byte>((levels * (open.Length + close.Length)) + value.Count);
        for (var i = 0; i < levels; i++)
        {
            nested.AddRange(open);
        }

        nested.AddRange(value);
        for (var i = 0; i < levels; i++)
        {
            nested.AddRange(close);
        }

        bytes.RemoveRange(token.Start, token.Length);
        bytes.InsertRange(token.Start, nested);
    }

    /// <summary>One value as an array of very many.</summary>
    private void Widen(List<byte> bytes, ref SplitMix64 random)
    {
        if (!TryToken(bytes, ref random, out var token))
        {
            return;
        }

        var value = bytes.GetRange(token.Start, token.Length);
        var times = Math.Min(random.Chance(900) ? random.Between(2, 300) : random.Between(5_000, 50_000), 2_000_000 / (value.Count + 1));
        var wide = new List<byte>((value.Count + 1) * times) { (byte)'[' };
        for (var i = 0; i < times; i++)
        {
            wide.AddRange(value);
            wide.Add((byte)(i == times - 1 ? ']' : ','));
        }

        bytes.RemoveRange(token.Start, token.Length);
        bytes.InsertRange(token.Start, wide);
    }

    private void ReplaceToken(List<byte> bytes, byte[] with, ref SplitMix64 random)
    {
        if (TryToken(bytes, ref random, out var token))
        {
            bytes.RemoveRange(token.Start, token.Length);
            bytes.InsertRange(token.Start, with);
        }
    }

    /// <summary>Property names change places with values and with each other: well-formed, and full of unknown and doubled names.</summary>
    private void SwapTokens(List<byte> bytes, ref SplitMix64 random)
    {
        if (!TryToken(bytes, ref random, out var one) || !TryToken(bytes, ref random, out var other) || one.Start == other.Start)
        {
            return;
        }

        var (first, second) = one.Start < other.Start ? (one, other) : (other, one);
        var early = bytes.GetRange(first.Start, first.Length);
        var late = bytes.GetRange(second.Start, second.Length);
        bytes.RemoveRange(second.Start, second.Length);
        bytes.InsertRange(second.Start, early);
        bytes.RemoveRange(first.Start, first.Length);
        bytes.InsertRange(first.Start, late);
    }

    /// <summary>A string, number or word of the text, property names included; now and then a whole object or array.</summary>
    private bool TryToken(List<byte> bytes, ref SplitMix64 random, out (int Start, int Length) token)
    {
        tokens.Clear();
        var open = new Stack<int>();
        for (var i = 0; i < bytes.Count; i++)
        {
            var at = bytes[i];
            if (at is (byte)'{' or (byte)'[')
            {
                open.Push(i);
            }
            else if (at is (byte)'}' or (byte)']' && open.TryPop(out var start))
            {
                tokens.Add((start, i + 1 - start));
            }
            else if (at == '"')
            {
                start = i;
                for (i++; i < bytes.Count && bytes[i] != '"'; i++)
                {
                    i += bytes[i] == '\\' ? 1 : 0;
                }

                tokens.Add((start, Math.Min(i + 1, bytes.Count) - start));
            }
            else if (at is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'t' or (byte)'f')
            {
                start = i;
                while (i + 1 < bytes.Count && bytes[i + 1] is not ((byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\n'))
                {
                    i++;
                }

                tokens.Add((start, i + 1 - start));
            }
        }

        token = tokens.Count > 0 ? tokens[random.Below(tokens.Count)] : default;
        return tokens.Count > 0;
    }
}
