using System.Buffers;
using System.Buffers.Text;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Reading;

/// <summary>Why a primitive's text is not of its type, in two languages.</summary>
internal sealed record FormatFault(string English, string Chinese);

/// <summary>
/// The lexical rules of R4's primitive types (datatypes.html#primitive, their regular expressions), checked on bytes.
/// </summary>
internal static class PrimitiveFormat
{
    private static readonly FormatFault Integer = new(
        "write digits only, within -2147483648 to 2147483647", "只能写数字，范围 -2147483648 至 2147483647");

    private static readonly FormatFault Unsigned = new(
        "write digits only, within 0 to 2147483647", "只能写数字，范围 0 至 2147483647");

    private static readonly FormatFault Positive = new(
        "write digits only, within 1 to 2147483647", "只能写数字，范围 1 至 2147483647");

    private static readonly FormatFault Id = new(
        "1 to 64 letters, digits, '-' and '.'", "1 至 64 个字母、数字、“-”或“.”");

    private static readonly FormatFault Code = new(
        "no space at the start or end, and no more than one space in a row", "首尾不能有空白，中间不能有连续空白");

    private static readonly FormatFault Uri = new("no white space", "不能含空白");

    private static readonly FormatFault Oid = new(
        "write urn:oid: followed by an OID, e.g. urn:oid:2.16.156.10011.1.3", "应为 urn:oid: 加 OID，例如 urn:oid:2.16.156.10011.1.3");

    private static readonly FormatFault Uuid = new(
        "write urn:uuid: followed by a UUID in lower case", "应为 urn:uuid: 加小写 UUID");

    private static readonly FormatFault Base64 = new(
        "not base64: groups of four of A-Z a-z 0-9 + / with = at the end only", "不是 base64：应每四个字符一组 (A-Z a-z 0-9 + /)，= 只能在末尾");

    private static readonly FormatFault Date = new(
        "write YYYY, YYYY-MM or YYYY-MM-DD, a day that exists", "应为 YYYY、YYYY-MM 或 YYYY-MM-DD，且日期存在");

    private static readonly FormatFault DateTime = new(
        "write a date, or a date with time to the second and time zone, e.g. 2026-03-05T08:30:00+08:00",
        "应为日期，或精确到秒并带时区的日期时间，例如 2026-03-05T08:30:00+08:00");

    private static readonly FormatFault Instant = new(
        "write date, time to the second and time zone, e.g. 2026-03-05T08:30:00.123+08:00",
        "应为日期、精确到秒的时间和时区，例如 2026-03-05T08:30:00.123+08:00");

    private static readonly FormatFault Time = new("write hh:mm:ss without time zone", "应为 hh:mm:ss，不带时区");

    private static readonly FormatFault Decimal = new(
        "write at most 1,000 digits and an exponent within -300 to 300", "最多 1000 位数字，指数在 -300 至 300 之间");

    private static readonly SearchValues<byte> IdBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8);

    private static readonly SearchValues<byte> Base64Bytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private static readonly SearchValues<byte> White = SearchValues.Create(" \t\r\n\f\v"u8);

    /// <summary>Null if <paramref name="text"/> (escapes resolved, not empty) is of the kind.</summary>
    public static FormatFault? Check(PrimitiveKind kind, ReadOnlySpan<byte> text) => kind switch
    {
        PrimitiveKind.Boolean or PrimitiveKind.String or PrimitiveKind.Markdown or PrimitiveKind.Xhtml => null,
        PrimitiveKind.Integer => IsInteger(text, int.MinValue) ? null : Integer,
        PrimitiveKind.UnsignedInt => IsInteger(text, 0) ? null : Unsigned,
        PrimitiveKind.PositiveInt => IsInteger(text, 1) ? null : Positive,
        PrimitiveKind.Decimal => IsDecimal(text) ? null : Decimal,
        PrimitiveKind.Code => IsCode(text) ? null : Code,
        PrimitiveKind.Id => text.Length <= 64 && text.IndexOfAnyExcept(IdBytes) < 0 ? null : Id,
        PrimitiveKind.Uri or PrimitiveKind.Url or PrimitiveKind.Canonical => CheckUri(text),
        PrimitiveKind.Oid => IsOid(text) ? null : Oid,
        PrimitiveKind.Uuid => IsUuid(text) ? null : Uuid,
        PrimitiveKind.Base64Binary => IsBase64(text) ? null : Base64,
        PrimitiveKind.Date => IsDate(text, out _) ? null : Date,
        PrimitiveKind.DateTime => IsDateTime(text, timeRequired: false) ? null : DateTime,
        PrimitiveKind.Instant => IsDateTime(text, timeRequired: true) ? null : Instant,
        PrimitiveKind.Time => IsTime(text, out var rest) && rest.IsEmpty ? null : Time,
        _ => null,
    };

    private static bool IsInteger(ReadOnlySpan<byte> text, int least) =>
        Utf8Parser.TryParse(text, out int value, out var used) && used == text.Length && value >= least
        && (text[0] != (byte)'-' || value != 0) && text[0] != (byte)'+';

    /// <summary>JSON has checked the grammar; what is bounded here is the cost of computing with it.</summary>
    private static bool IsDecimal(ReadOnlySpan<byte> text)
    {
        if (text.Length > 1000)
        {
            return false;
        }

        var mark = text.IndexOfAny((byte)'e', (byte)'E');
        return mark < 0
            || (Utf8Parser.TryParse(text[(text[mark + 1] == (byte)'+' ? mark + 2 : mark + 1)..], out int exponent, out _)
                && exponent is >= -300 and <= 300);
    }

    private static bool IsCode(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOfAny(White);
        if (at < 0)
        {
            return true;
        }

        while (at >= 0)
        {
            if (at == 0 || at == text.Length - 1 || text[at] != (byte)' ')
            {
                return false;
            }

            text = text[(at + 1)..];
            at = text.IndexOfAny(White);
        }

        return true;
    }

    private static FormatFault? CheckUri(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAny(White) >= 0)
        {
            return Uri;
        }

        // A canonical's version (references.html#canonical); published value set expansions put one in plain uris too.
        if (text.IndexOf((byte)'|') is > 0 and var version)
        {
            text = text[..version];
        }

        // A URN that names its scheme has to follow it (RFC 3001, RFC 4122).
        if (text.StartsWith("urn:oid:"u8))
        {
            return IsOid(text) ? null : Oid;
        }

        return text.StartsWith("urn:uuid:"u8) && !IsUuid(text) ? Uuid : null;
    }

    private static bool IsOid(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("urn:oid:"u8))
        {
            return false;
        }

        text = text[8..];
        if (text.Length < 3 || text[0] is < (byte)'0' or > (byte)'2' || text[1] != (byte)'.')
        {
            return false;
        }

        var arcLength = 0;
        for (var i = 2; i < text.Length; i++)
        {
            var c = text[i];
            if (c == (byte)'.')
            {
                if (arcLength == 0)
                {
                    return false;
                }

                arcLength = 0;
            }
            else if (c is < (byte)'0' or > (byte)'9' || (arcLength == 1 && text[i - 1] == (byte)'0'))
            {
                return false;
            }
            else
            {
                arcLength++;
            }
        }

        return arcLength > 0;
    }

    private static bool IsUuid(ReadOnlySpan<byte> text)
    {
        if (text.Length != 45 || !text.StartsWith("urn:uuid:"u8))
        {
            return false;
        }

        text = text[9..];
        for (var i = 0; i < text.Length; i++)
        {
            var fits = i is 8 or 13 or 18 or 23
                ? text[i] == (byte)'-'
                : text[i] is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f') or (>= (byte)'A' and <= (byte)'F');
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBase64(ReadOnlySpan<byte> text)
    {
        var digits = 0L;
        while (!text.IsEmpty)
        {
            var run = text.IndexOfAnyExcept(Base64Bytes);
            if (run < 0)
            {
                return (digits + text.Length) % 4 == 0;
            }

            digits += run;
            if (White.Contains(text[run]))
            {
                text = text[(run + 1)..];
                continue;
            }

            var padding = 0;
            foreach (var c in text[run..])
            {
                if (c == (byte)'=')
                {
                    padding++;
                }
                else if (!White.Contains(c))
                {
                    return false;
                }
            }

            return padding <= 2 && digits > 0 && (digits + padding) % 4 == 0;
        }

        return digits > 0 && digits % 4 == 0;
    }

    private static bool IsDateTime(ReadOnlySpan<byte> text, bool timeRequired)
    {
        var mark = text.IndexOf((byte)'T');
        if (mark < 0)
        {
            return !timeRequired && IsDate(text, out _);
        }

        if (!IsDate(text[..mark], out var isDay) || !isDay || !IsTime(text[(mark + 1)..], out var zone))
        {
            return false;
        }

        if (zone.SequenceEqual("Z"u8))
        {
            return true;
        }

        return zone.Length == 6 && zone[0] is (byte)'+' or (byte)'-' && zone[3] == (byte)':'
            && Two(zone, 1, out var hours) && Two(zone, 4, out var minutes)
            && (hours < 14 ? minutes < 60 : hours == 14 && minutes == 0);
    }

    private static bool IsDate(ReadOnlySpan<byte> text, out bool isDay)
    {
        isDay = text.Length == 10;
        if (text.Length is not (4 or 7 or 10) || !Two(text, 0, out var century) || !Two(text, 2, out var rest))
        {
            return false;
        }

        var year = (century * 100) + rest;
        if (year == 0)
        {
            return false;
        }

        if (text.Length == 4)
        {
            return true;
        }

        if (text[4] != (byte)'-' || !Two(text, 5, out var month) || month is 0 or > 12)
        {
            return false;
        }

        return text.Length == 7
            || (text[7] == (byte)'-' && Two(text, 8, out var day) && day >= 1 && day <= System.DateTime.DaysInMonth(year, month));
    }

    private static bool IsTime(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> rest)
    {
        rest = default;
        if (text.Length < 8 || text[2] != (byte)':' || text[5] != (byte)':'
            || !Two(text, 0, out var hour) || hour > 23
            || !Two(text, 3, out var minute) || minute > 59
            || !Two(text, 6, out var second) || second > 60)
        {
            return false;
        }

        rest = text[8..];
        if (rest.IsEmpty || rest[0] != (byte)'.')
        {
            return true;
        }

        rest = rest[1..];
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits == 0 || rest.IsEmpty)
        {
            return false;
        }

        rest = digits < 0 ? default : rest[digits..];
        return true;
    }

    private static bool Two(ReadOnlySpan<byte> text, int at, out int value)
    {
        var tens = text[at] - '0';
        var ones = text[at + 1] - '0';
        value = (tens * 10) + ones;
        return (uint)tens <= 9 && (uint)ones <= 9;
    }
}
