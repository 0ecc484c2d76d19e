using System.Globalization;
using Kangqiao.Kernel;

namespace Kangqiao.Rest.Asking;

/// <summary>The parameters of one request in the order sent, percent-decoded.</summary>
internal sealed class AskParameters
{
    /// <summary>Pairs in one query; more is no question but an attack.</summary>
    private const int Most = 1000;

    private readonly List<KeyValuePair<string, string>> pairs = [];

    public static AskParameters None { get; } = new();

    public IReadOnlyList<KeyValuePair<string, string>> Pairs => pairs;

    public int Count => pairs.Count;

    /// <summary>Adds what a query string or form holds.</summary>
    /// <param name="query">Without the question mark.</param>
    public Problem? Add(ReadOnlySpan<char> query)
    {
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            if (pairs.Count == Most)
            {
                return Problems.TooManyParameters(Most);
            }

            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? default : pair[(equals + 1)..];
            pairs.Add(new(Decode(name), Decode(value)));
        }

        return null;
    }

    public void Add(KeyValuePair<string, string> pair) => pairs.Add(pair);

    /// <summary>The first value of that name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var pair in pairs)
            {
                if (pair.Key == name)
                {
                    return pair.Value;
                }
            }

            return null;
        }
    }

    /// <summary>A whole number within bounds, or the default where it is not sent.</summary>
    public Outcome<int> Number(string name, int least, int most, int whenAbsent)
    {
        if (this[name] is not { } text)
        {
            return whenAbsent;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? Math.Min(number, most)
            : Problems.BadParameter(name, text, $"a whole number from {least}");
    }

    private static string Decode(ReadOnlySpan<char> text) =>
        text.IndexOfAny('%', '+') < 0 ? text.ToString() : Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
}
