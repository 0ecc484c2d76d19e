using System.Buffers.Binary;
using System.Text;

namespace Kangqiao.Audit.Trail;

/// <summary>Bytes that grow; used again and again by one thread.</summary>
internal sealed class ByteWriter(int room = 4096)
{
    private byte[] bytes = new byte[room];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Byte(byte value) => Room(1)[0] = value;

    /// <summary>Seven bits a byte, the least weighty first.</summary>
    public void Number(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    public void Fixed(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(sizeof(uint)), value);

    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Room(value.Length));

    /// <summary>Its length in bytes, then UTF-8.</summary>
    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number((ulong)length);
        Encoding.UTF8.GetBytes(text, Room(length));
    }

    /// <summary>A FHIR id: a UUID as its 16 bytes behind a zero, others as text behind their length.</summary>
    public void Id(string id)
    {
        if (id.Length == 36 && Guid.TryParseExact(id, "D", out var uuid) && id.AsSpan().IndexOfAnyInRange('A', 'F') < 0)
        {
            Byte(0);
            uuid.TryWriteBytes(Room(16), bigEndian: true, out _);
            return;
        }

        Text(id.Length == 0 ? "-" : id);
    }

    public void Overwrite(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private Span<byte> Room(int count)
    {
        if (Length + count > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + count));
        }

        var span = bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
