using System.Diagnostics.CodeAnalysis;

namespace Kangqiao.Fhir.Units;

/// <summary>
/// The words for durations in FHIRPath (N1 §"Time-valued Quantities"), such as <c>year</c> or <c>days</c>, and the UCUM unit that stands
/// beside each. A calendar year or month has no fixed length, so it is equivalent (~) to UCUM's mean <c>a</c> or <c>mo</c> but never
/// equal; a week and less is taken as equal to its UCUM unit, as the official FHIRPath suite does (<c>7 days = 1 'wk'</c>).
/// </summary>
public sealed class CalendarUnit
{
    private static readonly CalendarUnit[] All =
    [
        new("year", "a", false), new("month", "mo", false), new("week", "wk", true), new("day", "d", true),
        new("hour", "h", true), new("minute", "min", true), new("second", "s", true), new("millisecond", "ms", true),
    ];

    private CalendarUnit(string word, string ucum, bool equals)
    {
        Word = word;
        Plural = word + "s";
        UcumCode = ucum;
        EqualsUcum = equals;
    }

    public static CalendarUnit Year => All[0];

    public static CalendarUnit Month => All[1];

    public static CalendarUnit Week => All[2];

    public static CalendarUnit Day => All[3];

    public static CalendarUnit Hour => All[4];

    public static CalendarUnit Minute => All[5];

    public static CalendarUnit Second => All[6];

    public static CalendarUnit Millisecond => All[7];

    /// <summary>The singular word.</summary>
    public string Word { get; }

    public string Plural { get; }

    /// <summary>The definite duration that the word is equal or equivalent to.</summary>
    public string UcumCode { get; }

    /// <summary>Whether one of the word equals (=) one of the UCUM unit; if not the two are only equivalent (~), and = is empty.</summary>
    public bool EqualsUcum { get; }

    /// <summary>Reads a word in singular or plural, in lower case as FHIRPath has it.</summary>
    public static bool TryParse(ReadOnlySpan<char> word, [NotNullWhen(true)] out CalendarUnit? unit)
    {
        foreach (var candidate in All)
        {
            if (word.SequenceEqual(candidate.Word) || word.SequenceEqual(candidate.Plural))
            {
                unit = candidate;
                return true;
            }
        }

        unit = null;
        return false;
    }

    /// <summary>The calendar word for a UCUM code such as <c>mo</c>; null when the code has none.</summary>
    public static CalendarUnit? ForUcum(ReadOnlySpan<char> code)
    {
        foreach (var candidate in All)
        {
            if (code.SequenceEqual(candidate.UcumCode))
            {
                return candidate;
            }
        }

        return null;
    }

    public override string ToString() => Word;
}
