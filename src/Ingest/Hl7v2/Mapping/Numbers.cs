namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>Numbers as senders write them, as FHIR and JSON do.</summary>
internal static class Numbers
{
    /// <summary>+7.8, .5, 007, 5. as 7.8, 0.5, 7, 5; digits after the point are kept. Null for what is no number of at most 40 digits.</summary>
    public static string? Decimal(string text)
    {
        var span = text.AsSpan().Trim();
        var isNegative = span.StartsWith("-");
        span = isNegative || span.StartsWith("+") ? span[1..] : span;
        var dot = span.IndexOf('.');
        var whole = (dot < 0 ? span : span[..dot]).TrimStart('0');
        var fraction = dot < 0 ? default : span[(dot + 1)..];
        if (span.Length is 0 or > 40 || (dot == 0 && fraction.IsEmpty) || whole.IndexOfAnyExceptInRange('0', '9') >= 0 || fraction.IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return null;
        }

        var digits = (whole.IsEmpty ? "0" : whole.ToString()) + (fraction.IsEmpty ? "" : "." + fraction.ToString());
        return isNegative ? "-" + digits : digits;
    }

    /// <summary>"&lt;0.5", "≥ 1000" as comparator and number.</summary>
    public static (string Comparator, string Number)? Compared(string text)
    {
        var span = text.AsSpan().Trim();
        var (comparator, length) = span switch
        {
            ['<', '=', ..] => ("<=", 2),
            ['>', '=', ..] => (">=", 2),
            ['≤', ..] => ("<=", 1),
            ['≥', ..] => (">=", 1),
            ['<' or '＜', ..] => ("<", 1),
            ['>' or '＞', ..] => (">", 1),
            _ => ("", 0),
        };
        return length > 0 && Decimal(span[length..].Trim().ToString()) is { } number ? (comparator, number) : null;
    }
}
