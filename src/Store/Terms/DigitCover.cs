using Kangqiao.Store.Search;

namespace Kangqiao.Store.Terms;

/// <summary>A range of keys with a fixed number of digits as the fewest prefixes that cover it and nothing else.</summary>
internal static class DigitCover
{
    /// <param name="head">Stands before the digits.</param>
    /// <param name="low">First key, inclusive.</param>
    /// <param name="high">Last key, inclusive.</param>
    /// <param name="largest">The largest digit that can stand at each place; beyond it there is nothing to cover.</param>
    public static void Add(string head, string low, string high, string largest, List<TermQuery> into)
    {
        if (string.CompareOrdinal(low, high) > 0)
        {
            return;
        }

        Span<char> digits = stackalloc char[low.Length];
        new Walk(head, low, high, largest, into).Go(digits, 0, true, true);
    }

    private readonly struct Walk(string head, string low, string high, string largest, List<TermQuery> into)
    {
        public void Go(Span<char> digits, int at, bool isAtLow, bool isAtHigh)
        {
            if ((!isAtLow || IsLeast(at)) && (!isAtHigh || IsMost(at)))
            {
                into.Add(TermQuery.StartsWith(string.Concat(head, digits[..at])));
                return;
            }

            var first = isAtLow ? low[at] : '0';
            var last = isAtHigh ? high[at] : largest[at];
            for (var d = first; d <= last && d <= largest[at]; d++)
            {
                digits[at] = d;
                Go(digits, at + 1, isAtLow && d == low[at], isAtHigh && d == high[at]);
            }
        }

        private bool IsLeast(int from) => low.AsSpan(from).TrimStart('0').IsEmpty;

        private bool IsMost(int from)
        {
            for (var i = from; i < high.Length; i++)
            {
                if (high[i] < largest[i])
                {
                    return false;
                }
            }

            return true;
        }
    }
}
