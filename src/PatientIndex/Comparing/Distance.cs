namespace Kangqiao.PatientIndex.Comparing;

/// <summary>Edits between two short texts: a letter more, less or another, or two neighbours exchanged (optimal string alignment).</summary>
internal static class Distance
{
    private const int Longest = 64;

    public static bool Within(string a, string b, int most)
    {
        if (Math.Abs(a.Length - b.Length) > most || a.Length > Longest || b.Length > Longest)
        {
            return false;
        }

        Span<int> before = stackalloc int[Longest + 1];
        Span<int> last = stackalloc int[Longest + 1];
        Span<int> now = stackalloc int[Longest + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var value = Math.Min(Math.Min(now[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    value = Math.Min(value, before[j - 2] + 1);
                }

                now[j] = value;
                least = Math.Min(least, value);
            }

            if (least > most)
            {
                return false;
            }

            var spare = before;
            before = last;
            last = now;
            now = spare;
        }

        return last[b.Length] <= most;
    }
}
