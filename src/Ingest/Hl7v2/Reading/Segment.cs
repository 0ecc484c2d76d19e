using System.Text;

namespace Kangqiao.Ingest.Hl7v2.Reading;

/// <summary>A cursor on one segment. The default one is empty: every field of it is.</summary>
internal readonly struct Segment(Hl7Message? message, int index)
{
    public bool Exists => message is not null;

    /// <summary>Its place in the message, from 0.</summary>
    public int Index => index;

    public Hl7Message Message => message!;

    public ReadOnlySpan<byte> NameBytes => message is null ? [] : message.Text.Span.Slice(message.Row(index).Start, 3);

    public string Name => Encoding.ASCII.GetString(NameBytes);

    /// <summary>Which one of its name it is, from 1.</summary>
    public int Occurrence => message is null ? 0 : message.Row(index).Occurrence;

    /// <summary>"OBX[2]", for findings.</summary>
    public string Path => $"{Name}[{Occurrence}]";

    /// <summary>The highest field number that stands there.</summary>
    public int FieldCount => message is null ? 0 : message.Row(index).FieldCount - (IsHeader ? 0 : 1);

    private bool IsHeader => NameBytes.SequenceEqual("MSH"u8) || NameBytes.SequenceEqual("BHS"u8) || NameBytes.SequenceEqual("FHS"u8);

    public bool Is(string name)
    {
        var mine = NameBytes;
        return mine.Length == 3 && mine[0] == name[0] && mine[1] == name[1] && mine[2] == name[2];
    }

    /// <summary>A field by its number in the standard, with all of its repetitions; empty where it is not there.</summary>
    public Hl7Value Field(int number)
    {
        if (message is null)
        {
            return default;
        }

        var row = message.Row(index);
        // MSH-1 is the separator itself, so that all numbers of a header are one higher.
        var at = IsHeader ? number - 1 : number;
        if (at < 1 || at >= row.FieldCount)
        {
            return default;
        }

        var start = message.FieldStart(row.FirstField + at);
        var end = at + 1 < row.FieldCount ? message.FieldStart(row.FirstField + at + 1) - 1 : row.End;
        return new Hl7Value(message, start, end - start, ValueLevel.Field);
    }
}
