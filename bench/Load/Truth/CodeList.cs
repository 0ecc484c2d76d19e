using System.Text;
using System.Text.Json;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Truth;

/// <summary>Codes of one use, numbered in the vocabulary's order, with the token that a search parameter takes.</summary>
internal sealed class CodeList
{
    private readonly Dictionary<string, int> byCode = [];
    private readonly List<string> tokens = [];

    public CodeList(params IEnumerable<Concept>[] lists)
    {
        foreach (var concept in lists.SelectMany(l => l))
        {
            byCode.TryAdd(concept.Code, tokens.Count);
            using var coding = JsonDocument.Parse(concept.Coding);
            tokens.Add(Escape.Token(coding.RootElement.GetProperty("system").GetString()!, concept.Code));
        }
    }

    public int Count => tokens.Count;

    /// <summary>"system%7Ccode", percent-encoded.</summary>
    public string Token(int index) => tokens[index];

    /// <summary>-1 for a code that is not in the list.</summary>
    public int Find(ReadOnlySpan<byte> code)
    {
        Span<char> text = stackalloc char[64];
        return code.IsEmpty || !Encoding.UTF8.TryGetChars(code, text, out var length)
            ? -1
            : byCode.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..length], out var index) ? index : -1;
    }
}

/// <summary>Text as it stands in an address.</summary>
internal static class Escape
{
    public static string Text(string text) => Uri.EscapeDataString(text);

    public static string Token(string system, string code) => Text(system) + "%7C" + Text(code);
}

/// <summary>How often each of several things was seen.</summary>
internal sealed class Counts<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, long> counts = [];

    public IEnumerable<KeyValuePair<TKey, long>> All => counts;

    public long this[TKey key] => counts.GetValueOrDefault(key);

    public void Add(TKey key) =>
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;
}
