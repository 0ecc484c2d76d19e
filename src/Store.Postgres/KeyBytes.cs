using System.Text;

namespace Kangqiao.Store.Postgres;

/// <summary>
/// A logical id on disk: 16 bytes for a UUID, else its text. A text of sixteen characters gets a zero behind it, because
/// sixteen bytes are always a UUID.
/// </summary>
internal static class KeyBytes
{
    private const int UuidLength = 16;

    public static byte[] Of(string id)
    {
        if (PackedId.TryUuid(id, out var uuid))
        {
            return uuid.ToByteArray(bigEndian: true);
        }

        var text = new byte[id.Length == UuidLength ? UuidLength + 1 : id.Length];
        Encoding.ASCII.GetBytes(id, text);
        return text;
    }

    public static string Text(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        UuidLength => PackedId.Text(new Guid(bytes, bigEndian: true)),
        UuidLength + 1 when bytes[^1] == 0 => Encoding.ASCII.GetString(bytes[..^1]),
        _ => Encoding.ASCII.GetString(bytes),
    };
}
