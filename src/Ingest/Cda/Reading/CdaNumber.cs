using System.Globalization;

namespace Kangqiao.Ingest.Cda.Reading;

/// <summary>A number with what stands before it: "&lt;0.05", "≥200".</summary>
/// <param name="Digits">As JSON writes a number, with the sender's digits behind the point.</param>
/// <param name="Comparator">Of FHIR's quantity-comparator, or null.</param>
internal readonly record struct CdaNumber(string Digits, string? Comparator)
{
    public bool IsInteger => int.TryParse(Digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    public static CdaNumber? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > 40)
        {
            return null;
        }

        var rest = text.AsSpan().Trim();
        string? comparator = null;
        foreach (var (sign, meaning) in Signs)
        {
            if (rest.StartsWith(sign, StringComparison.Ordinal))
            {
                comparator = meaning;
                rest = rest[sign.Length..].Trim();
                break;
            }
        }

        return decimal.TryParse(rest, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? new CdaNumber(number.ToString(CultureInfo.InvariantCulture), comparator)
            : null;
    }

    private static readonly (string Sign, string Meaning)[] Signs =
    [
        ("<=", "<="), (">=", ">="), ("≤", "<="), ("≥", ">="), ("<", "<"), (">", ">"), ("＜", "<"), ("＞", ">"),
    ];
}
