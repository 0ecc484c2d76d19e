using System.Globalization;

namespace Kangqiao.Ingest.Cda.Reading;

/// <summary>
/// HL7 time stamps as FHIR writes times. What was said to the day or the month stays so; what has an hour has no offset of
/// its own in these documents and is Chinese time (Asia/Shanghai has been +08:00 since 1991).
/// </summary>
internal static class CdaTime
{
    private const string ChineseTime = "+08:00";

    /// <summary>A FHIR dateTime; null if the text is no time.</summary>
    public static string? DateTime(string? text)
    {
        if (Parts(text) is not { } digits)
        {
            return null;
        }

        var (value, offset) = digits;
        var date = Date(value);
        if (date is null || value.Length <= 8)
        {
            return date;
        }

        var time = value.AsSpan(8);
        if (!TryTwo(time, 0, 23, out var hour) || !TryTwo(time, 2, 59, out var minute) || !TryTwo(time, 4, 60, out var second))
        {
            return null;
        }

        return $"{date}T{hour:00}:{minute:00}:{Math.Min(second, 59):00}{offset ?? ChineseTime}";
    }

    /// <summary>A FHIR date: the day of a time.</summary>
    public static string? Day(string? text) => Parts(text) is { } digits ? Date(digits.Digits) : null;

    public static DateTimeOffset? Instant(string? text) =>
        DateTime(text) is { Length: > 10 } time
        && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? instant
            : DateTime(text) is { Length: 10 } day && DateTimeOffset.TryParse(day + "T00:00:00" + ChineseTime, CultureInfo.InvariantCulture, out instant) ? instant : null;

    private static string? Date(string digits)
    {
        if (digits.Length < 4 || !int.TryParse(digits.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year) || year is < 1800 or > 2200)
        {
            return null;
        }

        if (digits.Length == 4)
        {
            return digits;
        }

        if (digits.Length == 5 || !TryTwo(digits, 4, 12, out var month) || month == 0)
        {
            return null;
        }

        if (digits.Length == 6)
        {
            return $"{year:0000}-{month:00}";
        }

        return digits.Length >= 8 && TryTwo(digits, 6, System.DateTime.DaysInMonth(year, month), out var day) && day > 0
            ? $"{year:0000}-{month:00}-{day:00}"
            : null;
    }

    /// <summary>Absent digits count as zero.</summary>
    private static bool TryTwo(ReadOnlySpan<char> digits, int at, int most, out int value)
    {
        value = 0;
        return digits.Length <= at
            || (digits.Length >= at + 2 && int.TryParse(digits.Slice(at, 2), NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most);
    }

    /// <summary>
    /// The digits to the second and the offset. Besides 20240131083000 senders write 20240131T083000, 2024-01-31 08:30:00,
    /// 2024/1/31 and 2024年01月31日.
    /// </summary>
    private static (string Digits, string? Offset)? Parts(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > 40)
        {
            return null;
        }

        text = text.Trim();
        string? offset = null;
        var sign = text.LastIndexOfAny(['+', '-']);
        if (sign >= 10 && Zone(text[sign..]) is { } zone)
        {
            offset = zone;
            text = text[..sign];
        }
        else if (text.EndsWith('Z'))
        {
            offset = "Z";
            text = text[..^1];
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 8)
        {
            text = text[..dot];
        }

        Span<char> digits = stackalloc char[14];
        var count = 0;
        var field = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]))
            {
                if (count == 14)
                {
                    return null;
                }

                digits[count++] = text[i];
                field++;
            }
            else if (text[i] is '-' or '/' or ':' or ' ' or 'T' or '年' or '月' or '日' or '时' or '分' or '秒')
            {
                // A field of one digit gets its zero: 2024/1/31.
                if (field == 1 && count is > 4 and < 14)
                {
                    digits[count] = digits[count - 1];
                    digits[count - 1] = '0';
                    count++;
                }

                field = 0;
            }
            else
            {
                return null;
            }
        }

        if (field == 1 && count is > 4 and < 14 && text.AsSpan().IndexOfAny("-/:年") >= 0)
        {
            digits[count] = digits[count - 1];
            digits[count - 1] = '0';
            count++;
        }

        return count >= 4 ? (digits[..count].ToString(), count > 8 ? offset : null) : null;
    }

    /// <summary>"+0800", "+08:00", "-05".</summary>
    private static string? Zone(string text)
    {
        var digits = text[1..].Replace(":", "", StringComparison.Ordinal);
        return digits.Length is 2 or 4 && digits.All(char.IsAsciiDigit)
            && TryTwo(digits, 0, 14, out var hours) && TryTwo(digits, 2, 59, out var minutes)
            ? $"{text[0]}{hours:00}:{minutes:00}"
            : null;
    }
}
