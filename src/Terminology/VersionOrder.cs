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
        return byYear != 0 ? byYear : string.Compare(x, y, CultureInfo.InvariantCulture, CompareOptions.NumericOrdering);
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
