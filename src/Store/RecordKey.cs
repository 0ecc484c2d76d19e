using System.Text;

namespace Kangqiao.Store;

/// <summary>A record's name: FHIR resource type and logical id (R4 resource.html#id).</summary>
public readonly record struct RecordKey(string Type, string Id)
{
    private const int LongestType = 64;
    private const int LongestId = 64;

    /// <summary>True when type and id are within what FHIR allows: [A-Za-z]{1,64} and [A-Za-z0-9\-\.]{1,64}.</summary>
    public bool IsWellFormed
    {
        get
        {
            if (Type is not { Length: > 0 and <= LongestType } || Id is not { Length: > 0 and <= LongestId })
            {
                return false;
            }

            foreach (var c in Type)
            {
                if (!char.IsAsciiLetter(c))
                {
                    return false;
                }
            }

            foreach (var c in Id)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.'))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>
    /// The key as a number that the makers index by. Not unique: whoever finds by it compares the id as well. An id that is
    /// a UUID version 7 keeps its order of time, so that new records land beside each other in the index.
    /// </summary>
    public long Hash
    {
        get
        {
            Span<byte> text = stackalloc byte[(LongestType + LongestId + 1) * 3];
            var length = Encoding.UTF8.GetBytes(Type, text);
            text[length++] = (byte)'/';
            length += Encoding.UTF8.GetBytes(Id, text[length..]);
            var hash = StableHash.Of(text[..length]);
            // RFC 9562 5.7: the first 48 bits of a version 7 UUID are milliseconds of Unix time.
            return PackedId.TryUuid(Id, out var uuid) && uuid.Version == 7
                ? (MillisecondsOf(uuid) << 16) | (hash & 0xFFFF)
                : hash;
        }
    }

    public override string ToString() => $"{Type}/{Id}";

    private static long MillisecondsOf(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
    }
}
