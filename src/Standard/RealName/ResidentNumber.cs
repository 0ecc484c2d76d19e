using System.Globalization;

namespace Kangqiao.Standard.RealName;

/// <summary>
/// A resident ID number (公民身份号码, GB 11643-1999): 18 characters, the last of which checks the others. Numbers of the old form
/// with 15 digits are brought to it. A region that is not in today's table is no fault: cards outlive divisions.
/// </summary>
public readonly record struct ResidentNumber
{
    private const string Checks = "10X98765432";

    private ResidentNumber(string text, DateOnly birth, bool wasOld) => (Text, BirthDate, WasOld) = (text, birth, wasOld);

    /// <summary>18 characters, with a capital X.</summary>
    public string Text { get; }

    public DateOnly BirthDate { get; }

    /// <summary>The seventeenth digit is odd.</summary>
    public bool IsMale => (Text[16] - '0') % 2 == 1;

    /// <summary>It was given with 15 digits.</summary>
    public bool WasOld { get; }

    /// <summary>Null where it is not one.</summary>
    public static ResidentNumber? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length == 15)
        {
            Span<char> full = stackalloc char[18];
            text[..6].CopyTo(full);
            full[6] = '1';
            full[7] = '9';
            text[6..].CopyTo(full[8..]);
            if (full[..17].ContainsAnyExceptInRange('0', '9'))
            {
                return null;
            }

            full[17] = CheckOf(full);
            return Parse(full, wasOld: true);
        }

        return text.Length == 18 ? Parse(text, wasOld: false) : null;
    }

    private static ResidentNumber? Parse(ReadOnlySpan<char> text, bool wasOld)
    {
        if (text[..17].ContainsAnyExceptInRange('0', '9') || text[0] == '0'
            || !DateOnly.TryParseExact(text[6..14], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var birth)
            || birth.Year < 1800
            || char.ToUpperInvariant(text[17]) != CheckOf(text))
        {
            return null;
        }

        return new ResidentNumber(text.ToString().ToUpperInvariant(), birth, wasOld);
    }

    private static char CheckOf(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<byte> weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += (text[i] - '0') * weights[i];
        }

        return Checks[sum % 11];
    }
}
