using System.Text;
using Kangqiao.Crypto.Hashing;
using Kangqiao.Crypto.Keys;

namespace Kangqiao.Crypto.Sealing;

/// <summary>
/// Identifiers that can be searched for and not read: HMAC-SM3 of the kind and the value, with a key of its own. Without that key the
/// ID numbers of a whole country cannot be tried out. Any number of threads may call it.
/// </summary>
public sealed class IdentifierHash(KeyRing ring)
{
    private const int Bytes = 16;

    /// <summary>With the current key: for writing.</summary>
    /// <param name="kind">The identifier's system or kind of document; never empty.</param>
    /// <param name="value">Without spaces around it; letters count in either case.</param>
    /// <returns>32 hexadecimal digits.</returns>
    public string Of(string kind, string value) => Of(ring.Current(KeyPurpose.Find), kind, value);

    /// <summary>With every key there ever was, newest first: for searching.</summary>
    public IReadOnlyList<string> All(string kind, string value) => [.. ring.All(KeyPurpose.Find).Select(key => Of(key, kind, value))];

    private static string Of(RingKey key, string kind, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        var text = Encoding.UTF8.GetBytes($"{kind.Length}:{kind}{value.Trim().ToUpperInvariant()}");
        return Convert.ToHexStringLower(HmacSm3.Of(key.Material, text).AsSpan(0, Bytes));
    }
}
