using System.Globalization;

namespace Kangqiao.Terminology;

/// <summary>
/// Which of two editions is the newer: the later year where both name one (WS 364-2011, WS/T 364-2023), else the greater by
/// numbers and letters (2.9 before 2.10). No edition at all is the oldest.
/// </summary>
internal sealed class VersionOrder : IComparer<string?>
{
    public static readonly VersionOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }

        var byYear = Year(x) is { } left && Year(y) is { } right ? left.CompareTo(right) : 0;
        return byYear != 0 ? byYear : Natural(x, y);
    }

    // Runs of digits compare by value, all else by character. (The runtime's own numeric order needs the culture data that is left out here.)
    private static int Natural(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        while (!x.IsEmpty && !y.IsEmpty)
        {
            var left = Digits(x);
            var right = Digits(y);
            var order = left.IsEmpty || right.IsEmpty ? x[0].CompareTo(y[0]) : ByValue(left.TrimStart('0'), right.TrimStart('0'));
            if (order != 0)
            {
                return order;
            }

            x = x[(left.IsEmpty || right.IsEmpty ? 1 : left.Length)..];
            y = y[(left.IsEmpty || right.IsEmpty ? 1 : right.Length)..];
        }

        return x.Length - y.Length;
    }

    private static int ByValue(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        left.Length != right.Length ? left.Length - right.Length : left.SequenceCompareTo(right);

    private static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text : text[..end];
    }

    /// <summary>The last number of four digits that is a year.</summary>
    private static int? Year(string version)
    {
        for (var end = version.Length; end >= 4; end--)
        {
            if ((end == version.Length || !char.IsAsciiDigit(version[end]))
                && (end == 4 || !char.IsAsciiDigit(version[end - 5]))
                && int.TryParse(version.AsSpan(end - 4, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
                && year is >= 1900 and < 2200)
            {
                return year;
            }
        }

        return null;
    }
}
