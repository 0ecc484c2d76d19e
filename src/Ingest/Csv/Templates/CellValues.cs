using System.Buffers;
using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Csv.Content;
using Kangqiao.Ingest.Hl7v2.Mapping;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Csv.Templates;

/// <summary>Fields as they are written to values as FHIR writes them. What is wrong is a finding, an error where the row needs the value.</summary>
internal static class CellValues
{
    private const int MostDigits = 18;

    private static readonly SearchValues<char> NumberSigns = SearchValues.Create("0123456789.-");

    // What systems write where they have nothing.
    private static readonly string[] Blanks = ["NULL", "null", "\\N", "None", "NaN"];
    private static readonly string[] Dashes = ["-", "--", "—", "——", "/", "无", "不详", "N/A", "NA", "*"];

    public static void Read(Row row, Column column, string field, FindingList findings)
    {
        if (Said(field, column) is not { } text)
        {
            if (column.IsRequired)
            {
                findings.Add(CsvFindings.Of(CsvFindings.Required, column.Place, $"{column.Name} {column.Title}"));
            }

            return;
        }

        if (column.Kind == ColumnKind.Code)
        {
            row.PutCode(column, text, findings);
            return;
        }

        var (value, wrong) = column.Kind switch
        {
            ColumnKind.Date => (Times.Date(text, out _), CsvFindings.Date),
            ColumnKind.Moment => (Times.DateTime(text, Times.China, out _), CsvFindings.Time),
            ColumnKind.Time => (TimeOf(text), CsvFindings.Time),
            ColumnKind.Integer => (NumberOf(text) is { } digits && !digits.Contains('.', StringComparison.Ordinal) ? digits : null, CsvFindings.Number),
            ColumnKind.Decimal => (NumberOf(text), CsvFindings.Number),
            ColumnKind.Result => (ResultOf(text), CsvFindings.Number),
            ColumnKind.Flag => (FlagOf(text), CsvFindings.Flag),
            ColumnKind.Number => (string.Concat(text.Where(c => !char.IsWhiteSpace(c))).ToUpperInvariant(), CsvFindings.LongText),
            _ => (text, CsvFindings.LongText),
        };
        if (value is null)
        {
            findings.Add(column.IsRequired
                ? CsvFindings.Of(CsvFindings.Unreadable, column.Place, text, FormOf(column.Kind))
                : CsvFindings.Of(wrong, column.Place, text));
            return;
        }

        row[column] = value;
        Bounds(column, value, findings);
    }

    /// <summary>A number with or without a comparator.</summary>
    public static bool IsNumber(string result) =>
        result.AsSpan().TrimStart("<>=") is var digits && digits.Length > 0 && !digits.ContainsAnyExcept(NumberSigns);

    private static void PutCode(this Row row, Column column, string text, FindingList findings)
    {
        var meant = column.Spellings.GetValueOrDefault(text, text);
        foreach (var table in column.Tables)
        {
            if (table.Find(meant) is { } code)
            {
                row.Put(column, code);
                return;
            }
        }

        // FHIR's code has no blanks but single ones inside (datatypes.html#code).
        var clean = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (column.Tables.Count == 0)
        {
            row.Put(column, new TableCode(SystemOf(column, row.Names), null, clean, null));
            return;
        }

        var domain = column.Tables[0];
        findings.Add(CsvFindings.Of(
            column.IsClosed ? CsvFindings.NotAccepted : CsvFindings.OutsideDomain, column.Place, text, $"{domain.Name} {domain.Title}", domain.Named));
        row.Put(column, new TableCode(row.Names.LocalSystem(column.Name.Replace('_', '-')), null, clean, null));
    }

    private static string? SystemOf(Column column, SenderNames names) =>
        column.System is { } system && system.StartsWith("local:", StringComparison.Ordinal) ? names.LocalSystem(system[6..]) : column.System;

    private static void Bounds(Column column, string value, FindingList findings)
    {
        if (column.Kind == ColumnKind.Text && column.Length is { } most && value.Length > most)
        {
            findings.Add(CsvFindings.Of(CsvFindings.LongText, column.Place, value.Length.ToString(CultureInfo.InvariantCulture), most.ToString(CultureInfo.InvariantCulture)));
        }

        if ((column.Least ?? column.Most) is not null && decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
            && (number < column.Least || number > column.Most))
        {
            findings.Add(CsvFindings.Of(CsvFindings.OutOfRange, column.Place, value, Bound(column.Least), Bound(column.Most)));
        }
    }

    private static string Bound(decimal? bound) => bound?.ToString(CultureInfo.InvariantCulture) ?? "…";

    /// <summary>Null where nothing is said.</summary>
    private static string? Said(string field, Column column)
    {
        var text = field.AsSpan().Trim();
        if (text.IsEmpty)
        {
            return null;
        }

        var isText = column.Kind == ColumnKind.Text;
        var isPlain = true;
        foreach (var c in text)
        {
            isPlain &= c is >= ' ' and < '\u007F' || (c > '\u009F' && !(c is >= '\uFF01' and <= '\uFF5E') && c != '\u3000');
        }

        var clean = isPlain ? text.Length == field.Length ? field : text.ToString() : Cleaned(text, isText);
        return clean.Length == 0 || Array.IndexOf(Blanks, clean) >= 0 || (!isText && !(column.Kind == ColumnKind.Flag && clean == "无") && Array.IndexOf(Dashes, clean) >= 0) ? null : clean;
    }

    /// <summary>Without control characters, which a FHIR string may not hold; digits and signs of full width as plain ones outside of texts.</summary>
    private static string Cleaned(ReadOnlySpan<char> text, bool isText)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            clean.Append(
                char.IsControl(c) && c is not ('\t' or '\n' or '\r') ? ' '
                : isText ? c
                : c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0)
                : c == '\u3000' ? ' '
                : c);
        }

        return clean.ToString().Trim();
    }

    /// <summary>The digits as written, in the form of a JSON number.</summary>
    private static string? NumberOf(string text)
    {
        var digits = text.AsSpan();
        var isNegative = digits[0] == '-';
        digits = digits[0] is '-' or '+' ? digits[1..] : digits;
        var dot = digits.IndexOf('.');
        var whole = dot < 0 ? digits : digits[..dot];
        var fraction = dot < 0 ? default : digits[(dot + 1)..];
        if (digits.Length is 0 or > MostDigits || whole.IndexOfAnyExceptInRange('0', '9') >= 0 || fraction.IndexOfAnyExceptInRange('0', '9') >= 0 || whole.Length + fraction.Length == 0)
        {
            return null;
        }

        whole = whole.TrimStart('0');
        if (!isNegative && whole.Length > 0 && text[0] == whole[0] && dot != digits.Length - 1)
        {
            return text;
        }

        return $"{(isNegative ? "-" : "")}{(whole.IsEmpty ? "0" : whole)}{(fraction.IsEmpty ? "" : ".")}{fraction}";
    }

    /// <summary>A number, with a comparator where it has one; else the words.</summary>
    private static string ResultOf(string text)
    {
        var plain = text.Replace("≤", "<=", StringComparison.Ordinal).Replace("≥", ">=", StringComparison.Ordinal);
        var sign = plain.AsSpan().IndexOfAnyExcept('<', '>', '=');
        return sign is >= 0 and <= 2 && plain[..sign] is "" or "<" or ">" or "<=" or ">=" && NumberOf(plain[sign..].TrimStart()) is { } digits
            ? plain[..sign] + digits
            : text;
    }

    private static string? TimeOf(string text)
    {
        var digits = text.Replace(":", "", StringComparison.Ordinal).Replace("T", "", StringComparison.Ordinal);
        digits = digits.Length is 3 or 5 ? "0" + digits : digits;
        digits = digits.Length == 4 ? digits + "00" : digits;
        return TimeOnly.TryParseExact(digits, "HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time.ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            : null;
    }

    private static string? FlagOf(string text) => text.ToUpperInvariant() switch
    {
        "1" or "T" or "Y" or "TRUE" or "YES" or "是" or "有" or "√" => "true",
        "0" or "F" or "N" or "FALSE" or "NO" or "否" or "无" or "2" => "false",
        _ => null,
    };

    private static string FormOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Date => "yyyy-MM-dd",
        ColumnKind.Moment => "yyyy-MM-dd HH:mm:ss",
        ColumnKind.Time => "HH:mm:ss",
        ColumnKind.Flag => "1, 0",
        _ => "0.00",
    };
}
