using System.Globalization;
using System.Text;

namespace Kangqiao.Fhir.Findings;

/// <summary>OperationOutcome.issue.severity.</summary>
public enum Severity : byte
{
    Information,
    Warning,
    Error,

    /// <summary>Reading could not go on.</summary>
    Fatal,
}

/// <summary>
/// One way a record can be found wanting. The code is stable across releases and documented; the two texts say what is
/// wrong and what to do, with places for the particulars ({0}, {1}).
/// </summary>
/// <param name="Code">Stable detail code, e.g. "FHR007".</param>
/// <param name="IssueType">A code of http://hl7.org/fhir/issue-type.</param>
/// <param name="Severity">Unless the finding itself says otherwise.</param>
public sealed record FindingKind(string Code, string IssueType, Severity Severity, string English, string Chinese);

/// <summary>Something found in one place of one record.</summary>
/// <param name="Path">FHIRPath of the element, "Patient.name[0].given[1]".</param>
/// <param name="Arguments">The particulars for the texts; never more of the record's content than is needed to mend it.</param>
/// <param name="Line">From 1; 0 where the record has no text of its own.</param>
/// <param name="Column">From 1, in bytes.</param>
public sealed record Finding(FindingKind Kind, Severity Severity, string Path, string[] Arguments, int Line, int Column)
{
    /// <summary>Cut to what a message may quote, and without characters that an OperationOutcome may not hold.</summary>
    public string[] Arguments { get; } = Quoted.All(Arguments);

    public bool IsError => Severity >= Severity.Error;

    public string English => string.Format(CultureInfo.InvariantCulture, Kind.English, Arguments);

    public string Chinese => string.Format(CultureInfo.InvariantCulture, Kind.Chinese, Arguments);

    public override string ToString() => $"{Severity} {Kind.Code} {Path} ({Line},{Column}): {English}";
}

/// <summary>What a sender wrote, as far as it may stand in a message about it.</summary>
internal static class Quoted
{
    private const int MaxLength = 500;

    public static string[] All(string[] texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (texts[i].Length > MaxLength || !IsPlain(texts[i]))
            {
                return Array.ConvertAll(texts, One);
            }
        }

        return texts;
    }

    private static bool IsPlain(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) || char.IsSurrogate(c))
            {
                return false;
            }
        }

        return true;
    }

    private static string One(string text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, MaxLength + 1));
        foreach (var rune in text.AsSpan(0, Math.Min(text.Length, MaxLength)).EnumerateRunes())
        {
            // Unpaired surrogates come out as U+FFFD already.
            shown.Append(Rune.IsControl(rune) ? "\uFFFD" : rune.ToString());
        }

        return text.Length > MaxLength ? shown.Append('…').ToString() : shown.ToString();
    }
}
