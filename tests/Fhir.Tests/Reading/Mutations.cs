using System.Text;

namespace Kangqiao.Fhir.Tests.Reading;

/// <summary>Records made from good ones by the ways bytes go wrong: flips, inserts, cuts, doubled and swapped pieces.</summary>
internal sealed class Mutations(int seed, List<byte[]> seeds)
{
    private static readonly string[] Words =
    [
        "{", "}", "[", "]", ",", ":", "null", "true", "1e999", "-0", "1.00", "\"\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"",
        "\"resourceType\"", "\"Patient\"", "\"Bundle\"", "\"extension\"", "\"_given\"", "\"given\"", "\"name\"", "\"id\"", "\"url\"",
        "\"contained\"", "\"valueString\"", "\"_valueString\"", "\"entry\"", "\"resource\"", " ", "\n", "99999999999999999999999999",
    ];

    private readonly Random random = new(seed);

    /// <summary>One good record with one to five things done to it.</summary>
    public byte[] Next()
    {
        var bytes = new List<byte>(seeds[random.Next(seeds.Count)]);
        for (var times = random.Next(1, 6); times > 0; times--)
        {
            Mutate(bytes);
        }

        return [.. bytes];
    }

    /// <summary>JSON words in a row that means nothing.</summary>
    public byte[] Tokens()
    {
        var text = new StringBuilder("{\"resourceType\":\"Patient\",");
        for (var i = random.Next(60); i > 0; i--)
        {
            text.Append(Words[random.Next(Words.Length)]);
            if (random.Next(3) == 0)
            {
                text.Append(':');
            }
            else if (random.Next(3) == 0)
            {
                text.Append(',');
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void Mutate(List<byte> bytes)
    {
        var at = random.Next(bytes.Count + 1);
        var length = random.Next(Math.Min(40, bytes.Count - at + 1));
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes.Insert(at, (byte)random.Next(256));
                break;
            case 2 when random.Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 5:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]));
                break;
            default:
                SwapValues(bytes);
                break;
        }
    }

    /// <summary>Two pieces that each follow a colon change places: often JSON still, of the wrong types.</summary>
    private void SwapValues(List<byte> bytes)
    {
        var first = bytes.IndexOf((byte)':', random.Next(bytes.Count / 2 + 1));
        var second = first < 0 ? -1 : bytes.IndexOf((byte)':', first + 1 + random.Next(bytes.Count - first));
        if (second < 0)
        {
            return;
        }

        var left = Value(bytes, first + 1);
        var right = Value(bytes, second + 1);
        if (first + 1 + left.Count > second + 1)
        {
            return;
        }

        bytes.RemoveRange(second + 1, right.Count);
        bytes.InsertRange(second + 1, left);
        bytes.RemoveRange(first + 1, left.Count);
        bytes.InsertRange(first + 1, right);
    }

    private static List<byte> Value(List<byte> bytes, int at)
    {
        var depth = 0;
        var end = at;
        for (; end < bytes.Count; end++)
        {
            var c = (char)bytes[end];
            if (c is '{' or '[')
            {
                depth++;
            }
            else if (c is '}' or ']' && --depth < 0)
            {
                break;
            }
            else if (c == ',' && depth == 0)
            {
                break;
            }
        }

        return bytes.GetRange(at, end - at);
    }
}
