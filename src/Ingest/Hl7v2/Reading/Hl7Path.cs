using System.Globalization;
using System.Text.RegularExpressions;

namespace Kangqiao.Ingest.Hl7v2.Reading;

/// <summary>A place as the field writes it: <c>PID-3[2].4.1</c>, <c>OBX[3]-5</c>. Numbers count from 1; 0 means not said.</summary>
internal sealed partial record Hl7Path(string Segment, int Occurrence, int Field, int Repetition, int Component, int Subcomponent)
{
    public static Hl7Path? Parse(string path)
    {
        var match = Form().Match(path);
        return match.Success
            ? new Hl7Path(match.Groups["seg"].Value, Number("occ"), Number("fld"), Number("rep"), Number("cmp"), Number("sub"))
            : null;

        int Number(string group) =>
            match.Groups[group] is { Success: true } found ? int.Parse(found.ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    public Hl7Value Find(Hl7Message message)
    {
        var wanted = Math.Max(1, Occurrence);
        for (var i = 0; i < message.Count; i++)
        {
            if (message[i] is var segment && segment.Is(Segment) && segment.Occurrence == wanted)
            {
                return Within(segment.Field(Field));
            }
        }

        return default;
    }

    private Hl7Value Within(Hl7Value field)
    {
        if (Repetition == 0 && Component == 0)
        {
            return field;
        }

        var repetition = field.Repetition(Math.Max(1, Repetition));
        return Component == 0 ? repetition
            : Subcomponent == 0 ? repetition.Component(Component)
            : repetition.Component(Component).Subcomponent(Subcomponent);
    }

    [GeneratedRegex(@"^(?<seg>[A-Z][A-Z0-9]{2})(\[(?<occ>\d{1,6})\])?(-(?<fld>\d{1,4})(\[(?<rep>\d{1,6})\])?(\.(?<cmp>\d{1,4})(\.(?<sub>\d{1,4}))?)?)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 200)]
    private static partial Regex Form();
}
