using System.Text.RegularExpressions;
using Kangqiao.Ingest.Desk;

namespace Kangqiao.Web.Integrator;

/// <summary>A line of what was sent, and what was found in it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Mark">Where in the line a finding begins; -1 where it is the whole line or nothing.</param>
public sealed record MarkedLine(int Number, string Text, int Mark, IReadOnlyList<SheetFinding> Findings);

/// <summary>What was sent, line by line, each finding at its place.</summary>
/// <param name="Text">As it can be edited and sent again.</param>
/// <param name="Elsewhere">Findings that no line could be told for.</param>
public sealed partial record MarkedText(string Text, IReadOnlyList<MarkedLine> Lines, IReadOnlyList<SheetFinding> Elsewhere)
{
    /// <summary>Lines around one with a finding that are shown where there are too many.</summary>
    private const int Around = 6;

    /// <summary>Up to so many lines all are shown.</summary>
    private const int MostWhole = 120;

    // Where a FHIR path of an HL7 message's records most likely came from; the finding itself names the path.
    private static readonly Dictionary<string, string[]> Segments = new(StringComparer.Ordinal)
    {
        ["Patient"] = ["PID"], ["Encounter"] = ["PV1"], ["Observation"] = ["OBX"], ["DiagnosticReport"] = ["OBR"], ["ServiceRequest"] = ["ORC", "OBR"],
        ["MedicationRequest"] = ["RXO", "RXE", "ORC"], ["MedicationAdministration"] = ["RXA"], ["Immunization"] = ["RXA"], ["Condition"] = ["DG1"],
        ["AllergyIntolerance"] = ["AL1", "IAM"], ["Procedure"] = ["PR1"], ["RelatedPerson"] = ["NK1"], ["Appointment"] = ["SCH"], ["Coverage"] = ["IN1"],
    };

    public static MarkedText Of(string format, string text, IReadOnlyList<SheetFinding> findings) => format switch
    {
        "fhir" when JsonLines.Of(text) is { } json => Place(json.Text, json.Text.Split('\n'), findings, f => json.LineOf(f.Path), marksColumn: false),
        "hl7v2" => PlaceHl7(text, findings),
        _ => Place(text, text.ReplaceLineEndings("\n").Split('\n'), findings, f => f.Line - 1, marksColumn: true),
    };

    /// <summary>The lines to show: all, or those around the findings; null stands for lines left out.</summary>
    public IEnumerable<MarkedLine?> Shown()
    {
        if (Lines.Count <= MostWhole)
        {
            return Lines;
        }

        var near = new SortedSet<int>(Lines.Where(l => l.Findings.Count > 0).SelectMany(l => Enumerable.Range(l.Number - 1 - Around, (2 * Around) + 1)).Where(i => i >= 0 && i < Lines.Count));
        if (near.Count == 0)
        {
            near.UnionWith(Enumerable.Range(0, MostWhole));
        }

        return Gaps(near);
    }

    private IEnumerable<MarkedLine?> Gaps(SortedSet<int> shown)
    {
        var next = 0;
        foreach (var index in shown)
        {
            if (index > next)
            {
                yield return null;
            }

            yield return Lines[index];
            next = index + 1;
        }

        if (next < Lines.Count)
        {
            yield return null;
        }
    }

    private static MarkedText PlaceHl7(string text, IReadOnlyList<SheetFinding> findings)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        return Place(text, lines, findings, f => SegmentOf(lines, f.Path), marksColumn: false);
    }

    private static int SegmentOf(string[] lines, string path)
    {
        var match = SegmentPattern().Match(path);
        if (match.Success)
        {
            var due = match.Groups["nth"].Success ? int.Parse(match.Groups["nth"].Value) : 1;
            return Nth(lines, match.Groups["segment"].Value, due);
        }

        var type = path.Split('.', '[')[0];
        return Segments.TryGetValue(type, out var segments) ? segments.Select(s => Nth(lines, s, 1)).FirstOrDefault(i => i >= 0, -1) : -1;
    }

    private static int Nth(string[] lines, string segment, int due)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith(segment, StringComparison.Ordinal) && --due == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private static MarkedText Place(string text, string[] lines, IReadOnlyList<SheetFinding> findings, Func<SheetFinding, int> lineOf, bool marksColumn)
    {
        var found = new List<SheetFinding>[lines.Length];
        var elsewhere = new List<SheetFinding>();
        foreach (var finding in findings)
        {
            var line = lineOf(finding);
            if (line >= 0 && line < lines.Length)
            {
                (found[line] ??= []).Add(finding);
            }
            else
            {
                elsewhere.Add(finding);
            }
        }

        return new MarkedText(
            text,
            [.. lines.Select((l, i) => new MarkedLine(i + 1, l, marksColumn && found[i] is [var first, ..] ? CharacterOf(l, first.Column) : -1, found[i] ?? []))],
            elsewhere);
    }

    /// <summary>Columns count bytes; a page shows characters.</summary>
    private static int CharacterOf(string line, int column)
    {
        var bytes = 0;
        var at = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (bytes >= column - 1)
            {
                return at;
            }

            bytes += rune.Utf8SequenceLength;
            at += rune.Utf16SequenceLength;
        }

        return column > 1 ? at : -1;
    }

    [GeneratedRegex(@"^(?<segment>[A-Z][A-Z0-9]{2})(\[(?<nth>[0-9]{1,4})\])?(-|$|\.)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SegmentPattern();
}
