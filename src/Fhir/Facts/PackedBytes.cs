using System.Buffers;
using System.Text;

namespace Kangqiao.Fhir.Facts;

/// <summary>Reads what <see cref="PackedWriter"/> wrote: whole numbers of seven bits a byte, and UTF-8 text after its length.</summary>
internal ref struct PackedReader(ReadOnlySpan<byte> bytes, int start = 0)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>Where the next value begins.</summary>
    public int Position { get; private set; } = start;

    public int Number()
    {
        var value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = bytes[Position++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number in the facts file is too long.");
    }

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Number();
        var value = bytes.Slice(Position, length);
        Position += length;
        return value;
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());
}

internal sealed class PackedWriter
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    public int Position => bytes.WrittenCount;

    public void Number(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Write([(byte)(value | 0x80)]);
        }

        bytes.Write([(byte)value]);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        bytes.Write(value);
    }

    public void Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>Bytes as they are, without their length.</summary>
    public void Raw(ReadOnlySpan<byte> value) => bytes.Write(value);

    public byte[] ToArray() => bytes.WrittenSpan.ToArray();
}
