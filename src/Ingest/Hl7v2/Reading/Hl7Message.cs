using System.Text;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Hl7v2.Reading;

/// <summary>Where a segment stands in the text, and its fields in the table of field starts.</summary>
internal readonly record struct SegmentRow(int Start, int End, int FirstField, int FieldCount, int Occurrence);

/// <summary>
/// One HL7 v2 message: its text in UTF-8 beside a flat table of segments and field starts. What is smaller than a field is
/// found by walking the few bytes of the field when asked.
/// </summary>
internal sealed class Hl7Message
{
    /// <summary>A message with more fields than this is an attack or a mistake, and is not taken apart.</summary>
    public const int MaxFields = 4_000_000;

    private readonly SegmentRow[] segments;
    private readonly int[] fieldStarts;

    internal Hl7Message(ReadOnlyMemory<byte> text, Separators separators, Encoding encoding, SegmentRow[] segments, int[] fieldStarts)
    {
        Text = text;
        Separators = separators;
        Encoding = encoding;
        this.segments = segments;
        this.fieldStarts = fieldStarts;
    }

    /// <summary>UTF-8, whatever it was sent in.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    public Separators Separators { get; }

    /// <summary>What it was sent in.</summary>
    public Encoding Encoding { get; }

    public int Count => segments.Length;

    public Segment this[int index] => new(this, index);

    public Segment Header => new(this, 0);

    /// <summary>"ADT", "ORU", …: MSH-9.1.</summary>
    public string Type => Header.Field(9).Component(1).Text();

    /// <summary>"A01", "R01", …: MSH-9.2, or EVN-1 where an old sender leaves it out.</summary>
    public string Event
    {
        get
        {
            var named = Header.Field(9).Component(2).Text();
            return named.Length > 0 ? named : First("EVN").Field(1).Text();
        }
    }

    public string ControlId => Header.Field(10).Text();

    public string Version => Header.Field(12).Component(1).Text();

    /// <summary>The first segment of that name; an empty one where there is none.</summary>
    public Segment First(string name)
    {
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = this[i];
            if (segment.Is(name))
            {
                return segment;
            }
        }

        return default;
    }

    /// <summary>
    /// A value by its path as the field writes it: <c>PID-3[2].4.1</c>, <c>OBX[3]-5</c>; what is not there is empty.
    /// </summary>
    public Hl7Value At(string path) => Hl7Path.Parse(path) is { } parsed ? parsed.Find(this) : default;

    internal SegmentRow Row(int index) => segments[index];

    internal int FieldStart(int index) => fieldStarts[index];

    /// <summary>Null where it cannot be taken apart; the findings say why.</summary>
    public static Hl7Message? Read(ReadOnlyMemory<byte> bytes, FindingList findings) => MessageReader.Read(bytes, findings);
}
