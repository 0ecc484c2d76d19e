using System.Runtime.CompilerServices;
using System.Text;

namespace Kangqiao.Bench.Shapes;

/// <summary>
/// Writes JSON text with holes straight into a growing buffer of UTF-8. The text of a shape is an interpolated string, so
/// that it reads as the JSON it makes; no string is built. It notes where references to the patient's own records stand.
/// </summary>
internal sealed class ShapeWriter
{
    private byte[] buffer = new byte[256 * 1024];
    private int length;
    private readonly List<LinkPlace> links = [];

    public int Length => length;

    public ReadOnlyMemory<byte> Written => buffer.AsMemory(0, length);

    /// <summary>The links in the order written.</summary>
    public List<LinkPlace> Links => links;

    public void Clear()
    {
        length = 0;
        links.Clear();
    }

    public void Write([InterpolatedStringHandlerArgument("")] ref Holes text) => _ = text;

    public void Text(string text)
    {
        var room = Room(text.Length * 3);
        length += Encoding.UTF8.GetBytes(text, room);
    }

    public void Utf8(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        length += bytes.Length;
    }

    /// <summary>Base64 of UTF-8 text.</summary>
    public void Base64(ReadOnlySpan<byte> bytes)
    {
        System.Buffers.Text.Base64.EncodeToUtf8(
            bytes, Room(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        length += written;
    }

    /// <summary>A comma, unless the value before has just been opened.</summary>
    public void Comma(bool isFirst)
    {
        if (!isFirst)
        {
            Utf8(","u8);
        }
    }

    private void Id(Guid id)
    {
        id.TryFormat(Room(36), out var written);
        length += written;
    }

    private void Number(long value)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(value, Room(20), out var written);
        length += written;
    }

    private void Number(Figure figure)
    {
        var scale = figure.Decimals switch { 0 => 1, 1 => 10, 2 => 100, 3 => 1000, _ => 10_000 };
        Number(figure.Units / scale);
        if (figure.Decimals == 0)
        {
            return;
        }

        Utf8("."u8);
        var rest = figure.Units % scale;
        for (var digit = scale / 10; digit > 0; digit /= 10)
        {
            Digit((int)(rest / digit % 10));
        }
    }

    private void Date(Day day)
    {
        var (year, month, dayOfMonth) = DateOnly.FromDayNumber(day.Number);
        Two(year / 100);
        Two(year % 100);
        Utf8("-"u8);
        Two(month);
        Utf8("-"u8);
        Two(dayOfMonth);
    }

    private void Time(Moment moment)
    {
        Date(moment.Day);
        var second = (int)(moment.Seconds % 86_400);
        Utf8("T"u8);
        Two(second / 3600);
        Utf8(":"u8);
        Two(second / 60 % 60);
        Utf8(":"u8);
        Two(second % 60);
        Utf8("+08:00"u8);
    }

    private void Two(int value)
    {
        Digit(value / 10);
        Digit(value % 10);
    }

    private void Digit(int value)
    {
        Room(1)[0] = (byte)('0' + value);
        length++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Room(int count)
    {
        if (buffer.Length - length < count)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + count));
        }

        return buffer.AsSpan(length);
    }

    /// <summary>Where a reference's text begins, and how long its "Type/" is.</summary>
    internal readonly record struct LinkPlace(int At, int Prefix);

    /// <summary>The compiler's door to interpolated text.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Holes
    {
        private readonly ShapeWriter writer;

        public Holes(int literalLength, int formattedCount, ShapeWriter writer)
        {
            _ = literalLength + formattedCount;
            this.writer = writer;
        }

        public void AppendLiteral(string text) => writer.Text(text);

        /// <summary>Text that needs no JSON escapes: all of the vocabulary is so.</summary>
        public void AppendFormatted(string text) => writer.Text(text);

        public void AppendFormatted(ReadOnlySpan<byte> json) => writer.Utf8(json);

        public void AppendFormatted(Concept concept) => writer.Utf8(concept.Json);

        public void AppendFormatted(Guid id) => writer.Id(id);

        public void AppendFormatted(Day day) => writer.Date(day);

        public void AppendFormatted(Moment moment) => writer.Time(moment);

        public void AppendFormatted(Figure figure) => writer.Number(figure);

        public void AppendFormatted(long number) => writer.Number(number);

        public void AppendFormatted(Link link)
        {
            writer.links.Add(new LinkPlace(writer.length, link.Type.Prefix.Length));
            writer.Utf8(link.Type.Prefix);
            writer.Id(link.Id);
        }

        public void AppendFormatted(MasterLink link)
        {
            writer.Utf8(link.Type.Prefix);
            writer.Id(link.Id);
        }
    }
}
