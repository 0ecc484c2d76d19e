using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Kangqiao.Store;

/// <summary>
/// A business identifier inside a resource type, as 128 bits of SHA-256 over type, system and value: short enough for a
/// point lookup, long enough that two identifiers never share one.
/// </summary>
public readonly record struct Identity(long High, long Low)
{
    public static Identity Of(string type, string? system, string value)
    {
        // Neither a type nor a URI can hold a line feed, so the three parts cannot run into each other.
        var text = Encoding.UTF8.GetBytes($"{type}\n{system}\n{value}");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return new(BinaryPrimitives.ReadInt64BigEndian(hash), BinaryPrimitives.ReadInt64BigEndian(hash[8..]));
    }
}
