using System.Text;
using Kangqiao.Crypto.Hashing;

namespace Kangqiao.Crypto.Signatures;

/// <summary>The recommended curve of SM2 and the value that ties a signer's name to a key (GB/T 32918.5-2017; GB/T 32918.2-2016, 5.5).</summary>
internal static class Sm2Curve
{
    /// <summary>Bytes of a coordinate, of a private key, and of either half of a signature.</summary>
    public const int Coordinate = 32;

    /// <summary>Bytes of a point: 04, x, y.</summary>
    public const int Point = 1 + (2 * Coordinate);

    private static readonly byte[] Parameters = Convert.FromHexString(
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC" // a
        + "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93" // b
        + "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7" // x of G
        + "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"); // y of G

    /// <summary>Z: the hash of the signer's name, the curve and the public key, which stands before the message when it is hashed.</summary>
    public static byte[] Z(ReadOnlySpan<byte> point, string signer)
    {
        var name = Encoding.UTF8.GetBytes(signer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, Sm2PublicKey.LongestSigner);
        using var hash = new Sm3Stream();
        hash.Add([(byte)(name.Length * 8 >> 8), (byte)(name.Length * 8)]);
        hash.Add(name);
        hash.Add(Parameters);
        hash.Add(point[1..]);
        return hash.Finish();
    }
}
