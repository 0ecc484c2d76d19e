using System.Runtime.InteropServices;
using System.Text;

namespace Kangqiao.Audit.Index;

/// <summary>One word of an entry: what it can be found by, and where it begins.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct Posting(ulong Key, uint Offset) : IComparable<Posting>
{
    public const int Bytes = 12;

    public int CompareTo(Posting other) => Key != other.Key ? Key.CompareTo(other.Key) : Offset.CompareTo(other.Offset);
}

/// <summary>
/// What entries are found by, as 64 bits: a letter for what it says, and the value. Two values may share a key; what was found is
/// looked at again.
/// </summary>
internal static class Keys
{
    /// <summary>Entries that only name texts and actors.</summary>
    public const ulong Name = 0;

    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Patient(string id) => Of('p', id);

    public static ulong Actor(string name) => Of('a', name);

    public static ulong Institution(string code) => Of('i', code);

    public static ulong Action(Entries.AuditAction action) => Of('e', ((byte)action).ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static ulong Refused { get; } = Of('o', "4");

    // FNV-1a, stirred at the end so that all bits depend on all bytes.
    private static ulong Of(char kind, string value)
    {
        var hash = (Offset ^ kind) * Prime;
        Span<byte> bytes = stackalloc byte[256];
        var length = Encoding.UTF8.GetByteCount(value);
        var text = length <= bytes.Length ? bytes[..Encoding.UTF8.GetBytes(value, bytes)] : Encoding.UTF8.GetBytes(value);
        foreach (var one in text)
        {
            hash = (hash ^ one) * Prime;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        return Math.Max(1, hash ^ (hash >> 29));
    }
}
