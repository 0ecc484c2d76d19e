using System.Text;

namespace Kangqiao.Audit.Trail;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Bytes that end too early make <see cref="IsBroken"/> true and are read as nothing.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public bool IsBroken { get; private set; }

    public readonly int Left => rest.Length;

    public byte Byte()
    {
        var one = Bytes(1);
        return one.IsEmpty ? (byte)0 : one[0];
    }

    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        IsBroken = true;
        return 0;
    }

    /// <summary>A number that counts things of at least one byte each: never more than there are bytes.</summary>
    public int Count()
    {
        var count = Number();
        if (count > (ulong)rest.Length)
        {
            IsBroken = true;
            return 0;
        }

        return (int)count;
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > rest.Length)
        {
            IsBroken = true;
            rest = [];
            return [];
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    public string Text() => Encoding.UTF8.GetString(Bytes(Count()));

    public string Id()
    {
        var length = Count();
        return length > 0 ? Encoding.UTF8.GetString(Bytes(length))
            : Bytes(16) is { IsEmpty: false } uuid ? new Guid(uuid, bigEndian: true).ToString("D")
            : "";
    }
}
