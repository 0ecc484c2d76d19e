using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Comparing;

/// <summary>How two names agree, in whatever script each is written.</summary>
internal static class NameComparer
{
    /// <summary>Names of so many characters may differ in one and still be the same by a slip; in a short one that is another person.</summary>
    private const int LongName = 5;

    public static NameLevel Compare(NameForm a, NameForm b)
    {
        if (a.Kind == NameKind.Newborn || b.Kind == NameKind.Newborn)
        {
            return a.Kind != b.Kind || !string.Equals(a.Ordinal, b.Ordinal, StringComparison.Ordinal) ? NameLevel.ParentAndChild
                : Whole(a, b);
        }

        return a.Kind == NameKind.Masked || b.Kind == NameKind.Masked ? Hidden(a, b) : Whole(a, b);
    }

    private static NameLevel Whole(NameForm a, NameForm b)
    {
        if (string.Equals(a.Text, b.Text, StringComparison.Ordinal))
        {
            return NameLevel.Exact;
        }

        if (a.IsHan != b.IsHan)
        {
            return Across(a.IsHan ? a : b, a.IsHan ? b : a);
        }

        return a.IsHan ? Han(a, b) : Words(a.Words, b.Words);
    }

    private static NameLevel Han(NameForm a, NameForm b)
    {
        if (string.Equals(a.Sound, b.Sound, StringComparison.Ordinal) || string.Equals(a.TurnedSound, b.Sound, StringComparison.Ordinal))
        {
            return NameLevel.Sound;
        }

        var shorter = Math.Min(a.Readings.Length, b.Readings.Length);
        if (shorter >= LongName && Distance.Within(a.Text, b.Text, 1 + (shorter / 8)))
        {
            return NameLevel.Near;
        }

        return a.Readings[0] == b.Readings[0] || (shorter > 1 && a.Text.AsSpan(1).SequenceEqual(b.Text.AsSpan(1))) ? NameLevel.OnePart : NameLevel.Other;
    }

    private static NameLevel Across(NameForm han, NameForm other)
    {
        if (string.Equals(han.Sound, other.Sound, StringComparison.Ordinal) || string.Equals(han.Sound, other.TurnedSound, StringComparison.Ordinal))
        {
            return NameLevel.Sound;
        }

        if (han.Sound.Length > 6 && Distance.Within(han.Sound, other.Sound, 1))
        {
            return NameLevel.Near;
        }

        foreach (var word in other.Words)
        {
            if (word.Length > 1 && (han.Sound.StartsWith(word, StringComparison.Ordinal) || han.Sound.EndsWith(word, StringComparison.Ordinal)))
            {
                return NameLevel.OnePart;
            }
        }

        return NameLevel.Other;
    }

    private static NameLevel Hidden(NameForm a, NameForm b)
    {
        if (!a.IsHan || !b.IsHan)
        {
            var (han, other) = a.IsHan ? (a, b) : (b, a);
            return han.Kind == NameKind.Masked && other.Words.Length > 0 && han.Sound.Length > 1
                && other.Words.Any(word => han.Sound.StartsWith(word, StringComparison.Ordinal)) ? NameLevel.Partial : NameLevel.Other;
        }

        // A mask may stand for one character or for all that follows.
        var length = Math.Min(a.Text.Length, b.Text.Length);
        for (var i = 0; i < length; i++)
        {
            if (a.Text[i] == '*' || b.Text[i] == '*')
            {
                continue;
            }

            if (i >= a.Readings.Length || i >= b.Readings.Length || a.Readings[i] != b.Readings[i])
            {
                return i == 0 ? NameLevel.Other : NameLevel.OnePart;
            }
        }

        return NameLevel.Partial;
    }

    private enum Likeness
    {
        None,
        Near,
        Exact,
    }

    private static NameLevel Words(string[] a, string[] b)
    {
        if (a.Length == 1 || b.Length == 1)
        {
            return Single(a.Length == 1 ? a[0] : b[0], a.Length == 1 ? b : a);
        }

        var straight = Both(Of(a[0], b[0]), Of(a[^1], b[^1]), turned: false);
        if (straight <= NameLevel.Near)
        {
            return straight;
        }

        var turned = Both(Of(a[0], b[^1]), Of(a[^1], b[0]), turned: true);
        return turned < straight ? turned : straight;
    }

    private static NameLevel Single(string word, string[] others)
    {
        var best = Likeness.None;
        foreach (var other in others)
        {
            var likeness = Of(word, other);
            best = likeness > best ? likeness : best;
        }

        return best switch
        {
            Likeness.Exact => others.Length == 1 ? NameLevel.Exact : NameLevel.Partial,
            Likeness.Near => others.Length == 1 ? NameLevel.Near : NameLevel.OnePart,
            _ => NameLevel.Other,
        };
    }

    private static NameLevel Both(Likeness first, Likeness second, bool turned) => (first, second) switch
    {
        (Likeness.Exact, Likeness.Exact) => turned ? NameLevel.Sound : NameLevel.Exact,
        (Likeness.None, Likeness.None) => NameLevel.Other,
        (Likeness.None, _) or (_, Likeness.None) => NameLevel.OnePart,
        _ => NameLevel.Near,
    };

    private static Likeness Of(string a, string b)
    {
        if (string.Equals(a, b, StringComparison.Ordinal))
        {
            return Likeness.Exact;
        }

        var shorter = Math.Min(a.Length, b.Length);
        if (shorter == 1 && a[0] == b[0])
        {
            return Likeness.Near;
        }

        // One slip in a short word, two in a longer one, three in a long one; two slips and as many letters are another word.
        var slips = shorter switch { < 3 => 0, < 6 => 1, < 9 => 2, _ => 3 };
        return slips > 0 && Distance.Within(a, b, slips) ? Likeness.Near : Likeness.None;
    }
}
