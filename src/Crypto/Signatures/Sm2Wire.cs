using System.Formats.Asn1;
using System.Numerics;

namespace Kangqiao.Crypto.Signatures;

/// <summary>Between the standard's plain bytes and the DER that libcrypto speaks (GM/T 0009-2012, 7.2 and 7.3).</summary>
internal static class Sm2Wire
{
    public static byte[] SignatureToDer(ReadOnlySpan<byte> signature)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(Number(signature[..Sm2Curve.Coordinate]));
            writer.WriteInteger(Number(signature[Sm2Curve.Coordinate..]));
        }

        return writer.Encode();
    }

    public static byte[] SignatureFromDer(ReadOnlyMemory<byte> der)
    {
        var sequence = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var signature = new byte[2 * Sm2Curve.Coordinate];
        Put(sequence.ReadInteger(), signature.AsSpan(0, Sm2Curve.Coordinate));
        Put(sequence.ReadInteger(), signature.AsSpan(Sm2Curve.Coordinate));
        return signature;
    }

    /// <summary>C1C3C2 to SEQUENCE { x, y, C3, C2 }.</summary>
    public static byte[] CipherToDer(ReadOnlySpan<byte> cipher)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(Number(cipher.Slice(1, Sm2Curve.Coordinate)));
            writer.WriteInteger(Number(cipher.Slice(1 + Sm2Curve.Coordinate, Sm2Curve.Coordinate)));
            writer.WriteOctetString(cipher.Slice(Sm2Curve.Point, Hashing.Sm3.Length));
            writer.WriteOctetString(cipher[(Sm2Curve.Point + Hashing.Sm3.Length)..]);
        }

        return writer.Encode();
    }

    public static byte[] CipherFromDer(ReadOnlyMemory<byte> der)
    {
        var sequence = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var point = new byte[Sm2Curve.Point];
        point[0] = 4;
        Put(sequence.ReadInteger(), point.AsSpan(1, Sm2Curve.Coordinate));
        Put(sequence.ReadInteger(), point.AsSpan(1 + Sm2Curve.Coordinate));
        var check = sequence.ReadOctetString();
        return [.. point, .. check, .. sequence.ReadOctetString()];
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static void Put(BigInteger number, Span<byte> room)
    {
        room.Clear();
        var length = number.GetByteCount(isUnsigned: true);
        if (length > room.Length || !number.TryWriteBytes(room[^length..], out _, isUnsigned: true, isBigEndian: true))
        {
            throw new CryptoException("A number of SM2 is larger than the curve.");
        }
    }
}
