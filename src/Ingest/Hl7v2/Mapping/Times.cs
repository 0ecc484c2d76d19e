using System.Globalization;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>
/// Times of HL7 v2 (DTM: YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+/-ZZZZ]) as FHIR writes them: as precise as sent, and a time of day with
/// its offset. What Chinese systems write besides – 2026-03-05 08:30:00, 2026/3/5 – is understood.
/// </summary>
internal static class Times
{
    /// <summary>Asia/Shanghai, which has had no other offset since 1992.</summary>
    public const string China = "+08:00";

    /// <param name="zone">Offset for a time of day that has none.</param>
    /// <param name="isOdd">It was understood though HL7 does not write it so.</param>
    /// <returns>FHIR dateTime; null where it is none.</returns>
    public static string? DateTime(string text, string zone, out bool isOdd)
    {
        isOdd = false;
        if (text.Length < 4)
        {
            return null;
        }

        var offset = zone;
        var digits = text;
        var sign = text.AsSpan(4).LastIndexOfAny('+', '-');
        if (sign >= 0 && IsOffset(text.AsSpan(4 + sign), out var named) && !text.AsSpan(0, 4 + sign).ContainsAny("-/"))
        {
            offset = named;
            digits = text[..(4 + sign)];
        }

        if (digits.AsSpan().ContainsAny("-/: T") || digits.Contains('年', StringComparison.Ordinal))
        {
            isOdd = true;
            digits = Compact(digits, ref offset);
        }

        var fraction = "";
        if (digits.IndexOf('.', StringComparison.Ordinal) is var dot and > 0)
        {
            fraction = digits[(dot + 1)..];
            digits = digits[..dot];
            if (digits.Length != 14 || fraction.Length > 9 || fraction.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0)
            {
                return null;
            }
        }

        return digits.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? Written(digits, fraction, offset) : null;
    }

    /// <summary>FHIR date: what of a time is a date.</summary>
    public static string? Date(string text, out bool isOdd) => DateTime(text, China, out isOdd) is { } time ? time[..Math.Min(10, time.Length)] : null;

    public static DateTimeOffset? Instant(string? fhir) =>
        fhir is { Length: > 10 } && DateTimeOffset.TryParse(fhir, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant) ? instant : null;

    private static string? Written(string digits, string fraction, string offset)
    {
        if (digits.Length is not (4 or 6 or 8 or 10 or 12 or 14))
        {
            return null;
        }

        var year = digits[..4];
        var month = Two(digits, 4, 1, 12);
        var day = Two(digits, 6, 1, 31);
        var hour = Two(digits, 8, 0, 23);
        var minute = Two(digits, 10, 0, 59);
        var second = Two(digits, 12, 0, 59);
        if (year == "0000" || (digits.Length > 4 && month is null) || (digits.Length > 6 && day is null) || (digits.Length > 8 && hour is null)
            || (digits.Length > 10 && minute is null) || (digits.Length > 12 && second is null)
            || (day is not null && int.Parse(day, CultureInfo.InvariantCulture) > System.DateTime.DaysInMonth(
                int.Parse(year, CultureInfo.InvariantCulture), int.Parse(month!, CultureInfo.InvariantCulture))))
        {
            return null;
        }

        return digits.Length switch
        {
            4 => year,
            6 => $"{year}-{month}",
            8 => $"{year}-{month}-{day}",
            _ => $"{year}-{month}-{day}T{hour}:{minute ?? "00"}:{second ?? "00"}{(fraction.Length > 0 ? "." + fraction : "")}{offset}",
        };
    }

    private static string? Two(string digits, int at, int least, int most) =>
        digits.Length >= at + 2 && int.Parse(digits.AsSpan(at, 2), NumberStyles.None, CultureInfo.InvariantCulture) is var n && n >= least && n <= most
            ? digits.Substring(at, 2)
            : null;

    private static bool IsOffset(ReadOnlySpan<char> text, out string offset)
    {
        offset = China;
        var digits = text[1..].ToString().Replace(":", "", StringComparison.Ordinal);
        if (digits.Length != 4 || digits.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return false;
        }

        var hours = int.Parse(digits.AsSpan(0, 2), CultureInfo.InvariantCulture);
        var minutes = int.Parse(digits.AsSpan(2), CultureInfo.InvariantCulture);
        offset = $"{text[0]}{digits[..2]}:{digits[2..]}";
        return minutes < 60 && (hours < 14 || (hours == 14 && minutes == 0));
    }

    /// <summary>2026-3-5 8:30:00, 2026年3月5日 and ISO 8601 as the digits of HL7.</summary>
    private static string Compact(string text, ref string offset)
    {
        var parts = text.Replace("年", "-", StringComparison.Ordinal).Replace("月", "-", StringComparison.Ordinal).Replace("日", " ", StringComparison.Ordinal)
            .Split([' ', 'T'], 2, StringSplitOptions.TrimEntries);
        var time = parts.Length > 1 ? parts[1] : "";
        if (time.EndsWith('Z'))
        {
            time = time[..^1];
            offset = "+00:00";
        }
        else if (time.LastIndexOfAny(['+', '-']) is var sign and > 0 && IsOffset(time.AsSpan(sign), out var named))
        {
            time = time[..sign];
            offset = named;
        }

        var date = string.Concat(parts[0].Split('-', '/').Select(part => part.PadLeft(2, '0')));
        return date + string.Concat(time.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(part => part.PadLeft(2, '0')));
    }
}
