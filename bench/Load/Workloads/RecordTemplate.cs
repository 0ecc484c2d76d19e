using System.Buffers;
using System.Text;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Workloads;

/// <summary>
/// A shaped record cut where its id and its references to patient and encounter stand, so that a body is copied together, not
/// made. Records that refer to others of the patient's records are not used: those would have to be created first.
/// </summary>
internal sealed class RecordTemplate
{
    private readonly List<(byte[] Text, Hole After)> pieces = [];

    private RecordTemplate()
    {
    }

    private enum Hole
    {
        None,
        Id,
        Patient,
        Encounter,
    }

    /// <summary>Null for a record that refers to another one of the patient than the Patient and an Encounter.</summary>
    public static RecordTemplate? Of(ShapedResource record)
    {
        var template = new RecordTemplate();
        var text = Encoding.UTF8.GetString(record.Json.Span);
        var id = $"\"id\":\"{record.Id}\",";
        var at = text.IndexOf(id, StringComparison.Ordinal);
        template.Cut(text[..at], Hole.Id);
        at += id.Length;
        const string Mark = "\"reference\":\"";
        while (text.IndexOf(Mark, at, StringComparison.Ordinal) is >= 0 and var found)
        {
            var begin = found + Mark.Length;
            var end = text.IndexOf('"', begin);
            var hole = text[begin..end].Split('/')[0] switch
            {
                "Patient" => Hole.Patient,
                "Encounter" => Hole.Encounter,
                "Organization" or "Practitioner" or "Location" => Hole.None,
                var other when other.StartsWith('#') => Hole.None,
                _ => (Hole?)null,
            };
            if (hole is null)
            {
                return null;
            }

            template.Cut(hole == Hole.None ? text[at..end] : text[at..begin], hole.Value);
            at = end;
        }

        template.Cut(text[at..], Hole.None);
        return template;
    }

    /// <param name="id">Null in a creation, where the server gives it.</param>
    /// <param name="changed">Whether something is said that the record did not say before.</param>
    public void Write(ArrayBufferWriter<byte> output, string? id, string patient, string encounter, bool changed)
    {
        foreach (var (text, after) in pieces)
        {
            output.Write(text);
            if (after == Hole.Id)
            {
                Encoding.UTF8.GetBytes(id is null ? "" : $"\"id\":\"{id}\",", output);
                output.Write(changed ? "\"language\":\"zh-CN\","u8 : ""u8);
            }
            else if (after != Hole.None)
            {
                Encoding.UTF8.GetBytes(after == Hole.Patient ? "Patient/" : "Encounter/", output);
                Encoding.UTF8.GetBytes(after == Hole.Patient ? patient : encounter, output);
            }
        }
    }

    private void Cut(string text, Hole after) => pieces.Add((Encoding.UTF8.GetBytes(text), after));
}
