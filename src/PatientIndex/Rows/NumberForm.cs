using System.Text;

namespace Kangqiao.PatientIndex.Rows;

/// <summary>A person's number as it is compared: without spaces, in capitals, and a Chinese one in its 18 digits.</summary>
/// <param name="Text">Letters and digits only.</param>
/// <param name="IsResident">Looks like a resident ID number: 17 digits and a digit or X, with a day of birth in it.</param>
/// <param name="IsVerified">And its check digit is right (GB 11643-1999).</param>
/// <param name="Birth">The day in a resident number as yyyymmdd, or 0.</param>
internal sealed record NumberForm(string Text, bool IsResident, bool IsVerified, int Birth)
{
    private const int LongestNumber = 40;

    /// <summary>Null for what cannot be anybody's number: one character over and over, a run of digits, a word for none.</summary>
    public static NumberForm? Of(string raw, IReadOnlySet<string> placeholders)
    {
        var text = new StringBuilder(20);
        foreach (var c in raw.Normalize(NormalizationForm.FormKC))
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                text.Append(char.ToUpperInvariant(c));
            }
        }

        if (text.Length is < 4 or > LongestNumber || IsEmptyTalk(text) || placeholders.Contains(text.ToString()))
        {
            return null;
        }

        var number = text.ToString();
        if (number.Length == 15 && IsDigits(number, 15))
        {
            var longer = string.Concat(number.AsSpan(0, 6), "19", number.AsSpan(6));
            if (BirthIn(longer) is > 0 and var day)
            {
                return new(longer + CheckDigit(longer), IsResident: true, IsVerified: true, day);
            }
        }

        if (number.Length == 18 && IsDigits(number, 17) && (char.IsAsciiDigit(number[17]) || number[17] == 'X') && BirthIn(number) is > 0 and var birth)
        {
            return new(number, IsResident: true, number[17] == CheckDigit(number), birth);
        }

        return new(number, IsResident: false, IsVerified: false, 0);
    }

    /// <summary>One place wrong, or two neighbours exchanged.</summary>
    public static bool IsSlip(string a, string b)
    {
        if (a.Length != b.Length)
        {
            return a.Length > 6 && (IsOneDropped(a, b) || IsOneDropped(b, a));
        }

        var first = a.AsSpan().CommonPrefixLength(b);
        var rest = a.AsSpan(first + 1);
        return rest.SequenceEqual(b.AsSpan(first + 1))
            || (first + 1 < a.Length && a[first] == b[first + 1] && a[first + 1] == b[first] && rest[1..].SequenceEqual(b.AsSpan(first + 2)));
    }

    private static bool IsOneDropped(string longer, string shorter)
    {
        if (longer.Length != shorter.Length + 1)
        {
            return false;
        }

        var first = longer.AsSpan().CommonPrefixLength(shorter);
        return longer.AsSpan(first + 1).SequenceEqual(shorter.AsSpan(first));
    }

    private static char CheckDigit(string first17)
    {
        // GB 11643-1999 4.2.2.2 (ISO 7064:1983, MOD 11-2).
        ReadOnlySpan<int> weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var sum = 0;
        for (var i = 0; i < 17; i++)
        {
            sum += (first17[i] - '0') * weights[i];
        }

        return "10X98765432"[sum % 11];
    }

    private static int BirthIn(string number)
    {
        var day = int.Parse(number.AsSpan(6, 8), System.Globalization.CultureInfo.InvariantCulture);
        return day / 10000 is >= 1850 and <= 2200 && (day / 100 % 100) is >= 1 and <= 12 && (day % 100) is >= 1 and <= 31 ? day : 0;
    }

    private static bool IsDigits(string text, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsEmptyTalk(StringBuilder text)
    {
        var same = true;
        var run = true;
        for (var i = 1; i < text.Length; i++)
        {
            same &= text[i] == text[0];
            // 123456789012345678 goes on after 9 with 0, and a final X is as good as a digit.
            run &= text[i] - '0' == (text[i - 1] - '0' + 1) % 10 || (i == text.Length - 1 && text[i] == 'X');
        }

        return same || run;
    }
}
