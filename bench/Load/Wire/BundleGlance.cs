using System.Buffers.Text;

namespace Kangqiao.Bench.Load.Wire;

/// <summary>
/// What a searchset says of itself, found by looking for names instead of parsing: at thousands of answers a second a parser
/// would cost more than the server that is measured. A name within text has its quotes escaped, so it is not mistaken for one.
/// </summary>
/// <param name="Matches">Entries of mode match; all entries when the server gives no modes.</param>
internal readonly record struct BundleGlance(int Matches, int Included, int Entries, long? Total, bool HasNext)
{
    public static BundleGlance At(ReadOnlySpan<byte> bundle)
    {
        var (modes, matches, included) = (0, 0, 0);
        for (var rest = bundle; Next(ref rest, "\"mode\""u8, out var value);)
        {
            modes++;
            matches += value.StartsWith("\"match\""u8) ? 1 : 0;
            included += value.StartsWith("\"include\""u8) ? 1 : 0;
        }

        var entries = 0;
        for (var rest = bundle; Next(ref rest, "\"fullUrl\""u8, out _);)
        {
            entries++;
        }

        var hasNext = false;
        for (var rest = bundle; Next(ref rest, "\"relation\""u8, out var value);)
        {
            hasNext |= value.StartsWith("\"next\""u8);
        }

        return new(modes == 0 ? entries : matches, included, entries, TotalOf(bundle), hasNext);
    }

    // Before the entries in most servers' answers, behind them in some; a claim's total is an object or an array, not a number.
    private static long? TotalOf(ReadOnlySpan<byte> bundle)
    {
        var entry = bundle.IndexOf("\"entry\""u8);
        var head = entry < 0 ? bundle : bundle[..entry];
        if (Next(ref head, "\"total\""u8, out var value) && Utf8Parser.TryParse(value, out long total, out _))
        {
            return total;
        }

        var last = bundle.LastIndexOf("\"total\""u8);
        var tail = last < 0 ? [] : bundle[last..];
        return Next(ref tail, "\"total\""u8, out value) && Utf8Parser.TryParse(value, out total, out _) ? total : null;
    }

    /// <summary>The value after the next such name, with what follows it; false at the end.</summary>
    private static bool Next(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        var at = rest.IndexOf(name);
        if (at < 0)
        {
            return false;
        }

        rest = rest[(at + name.Length)..];
        var past = rest.IndexOfAnyExcept(" \t\r\n:"u8);
        value = past < 0 ? default : rest[past..];
        return true;
    }
}
