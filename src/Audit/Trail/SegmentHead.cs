using System.Buffers.Binary;
using System.Text.Json;

namespace Kangqiao.Audit.Trail;

/// <summary>How far another part was when this one began.</summary>
/// <param name="Value">Of the chain there, in hexadecimal.</param>
internal sealed record SegmentLink(string Segment, long Entries, string Value);

/// <summary>The first bytes of a part: <c>KQAUDIT1</c>, a length, and this as JSON. The chain begins with their hash.</summary>
/// <param name="After">Parts that nobody named before.</param>
internal sealed record SegmentHead(string Segment, DateTimeOffset Opened, string Process, IReadOnlyList<SegmentLink> After)
{
    private const int LongestJson = 4 * 1024 * 1024;

    private static ReadOnlySpan<byte> Magic => "KQAUDIT1"u8;

    public byte[] ToBytes()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);
        var bytes = new byte[Magic.Length + sizeof(uint) + json.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Magic.Length), (uint)json.Length);
        json.CopyTo(bytes, Magic.Length + sizeof(uint));
        return bytes;
    }

    /// <summary>Null where the file does not begin so.</summary>
    public static (SegmentHead Head, byte[] Bytes)? Read(Microsoft.Win32.SafeHandles.SafeFileHandle file, string segment)
    {
        Span<byte> start = stackalloc byte[Magic.Length + sizeof(uint)];
        if (RandomAccess.Read(file, start, 0) != start.Length || !start.StartsWith(Magic))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(start[Magic.Length..]);
        if (length > LongestJson)
        {
            return null;
        }

        var bytes = new byte[start.Length + (int)length];
        if (RandomAccess.Read(file, bytes, 0) != bytes.Length)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<SegmentHead>(bytes.AsSpan(start.Length), JsonSerializerOptions.Web) is { After: not null } head && head.Segment == segment
                ? (head, bytes)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
