using System.Security.Cryptography;
using System.Text;
using Kangqiao.Crypto.Native;

namespace Kangqiao.Crypto.Signatures;

/// <summary>How keys get into libcrypto and what is done with them there; used by both halves of a pair.</summary>
internal static unsafe class Sm2Key
{
    private const int PublicSelection = 0x80 | 0x04 | 0x02;
    private const int PairSelection = PublicSelection | 0x01;

    public static KeyHandle Generate()
    {
        using var context = Context();
        Libcrypto.Demand(Libcrypto.EVP_PKEY_keygen_init(context), "SM2");
        Libcrypto.Demand(Libcrypto.EVP_PKEY_generate(context, out var key), "Making an SM2 key");
        return Libcrypto.Demand(key, "Making an SM2 key");
    }

    /// <summary>Null where the bytes are no point of the curve, or the private number is not of that point.</summary>
    public static KeyHandle? From(ReadOnlySpan<byte> point, ReadOnlySpan<byte> secret)
    {
        if (point.Length != Sm2Curve.Point || point[0] != 4 || (secret.Length != Sm2Curve.Coordinate && !secret.IsEmpty))
        {
            return null;
        }

        Span<byte> little = stackalloc byte[Sm2Curve.Coordinate];
        secret.CopyTo(little);
        little.Reverse();
        using var context = Context();
        Libcrypto.Demand(Libcrypto.EVP_PKEY_fromdata_init(context), "SM2");
        fixed (byte* group = "group\0"u8, pub = "pub\0"u8, priv = "priv\0"u8, curve = "SM2\0"u8, pointAt = point, secretAt = little)
        {
            var parts = stackalloc Parameter[4];
            parts[0] = new() { Key = group, Kind = Parameter.Text, Data = curve, Size = 3 };
            parts[1] = new() { Key = pub, Kind = Parameter.Octets, Data = pointAt, Size = (nuint)point.Length };
            parts[2] = secret.IsEmpty ? default : new() { Key = priv, Kind = Parameter.UnsignedInteger, Data = secretAt, Size = (nuint)little.Length };
            parts[3] = default;
            var made = Libcrypto.EVP_PKEY_fromdata(context, out var key, secret.IsEmpty ? PublicSelection : PairSelection, parts);
            CryptographicOperations.ZeroMemory(little);
            if (made != 1 || key.IsInvalid || (!secret.IsEmpty && !IsPair(key)))
            {
                key.Dispose();
                Libcrypto.ERR_clear_error();
                return null;
            }

            return key;
        }
    }

    public static byte[] Point(KeyHandle key)
    {
        var point = new byte[Sm2Curve.Point];
        nuint length;
        fixed (byte* at = point)
        {
            Libcrypto.Demand(Libcrypto.EVP_PKEY_get_octet_string_param(key, "pub", at, (nuint)point.Length, &length), "Reading an SM2 key");
        }

        return length == (nuint)point.Length && point[0] == 4 ? point : throw new CryptoException("libcrypto gave an SM2 key in another form.");
    }

    public static byte[] Secret(KeyHandle key)
    {
        Libcrypto.Demand(Libcrypto.EVP_PKEY_get_bn_param(key, "priv", out var number), "Reading an SM2 key");
        using (number)
        {
            var secret = new byte[Sm2Curve.Coordinate];
            fixed (byte* at = secret)
            {
                return Libcrypto.BN_bn2binpad(number, at, secret.Length) == secret.Length ? secret : throw Libcrypto.Failure("Reading an SM2 key");
            }
        }
    }

    public static byte[] Sign(KeyHandle key, ReadOnlySpan<byte> data, string signer)
    {
        using var named = Named(key, signer);
        using var context = Libcrypto.Demand(Libcrypto.EVP_MD_CTX_new(), "A hash context");
        Libcrypto.EVP_MD_CTX_set_pkey_ctx(context, named);
        Libcrypto.Demand(Libcrypto.EVP_DigestSignInit_ex(context, null, "SM3", 0, null, key, null), "Signing with SM2");
        var der = new byte[80];
        nuint length = (nuint)der.Length;
        fixed (byte* to = der, from = NotNull(data))
        {
            Libcrypto.Demand(Libcrypto.EVP_DigestSign(context, to, &length, from, (nuint)data.Length), "Signing with SM2");
        }

        return Sm2Wire.SignatureFromDer(der.AsMemory(0, (int)length));
    }

    public static bool Verify(KeyHandle key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, string signer)
    {
        if (signature.Length != 2 * Sm2Curve.Coordinate)
        {
            return false;
        }

        using var named = Named(key, signer);
        using var context = Libcrypto.Demand(Libcrypto.EVP_MD_CTX_new(), "A hash context");
        Libcrypto.EVP_MD_CTX_set_pkey_ctx(context, named);
        Libcrypto.Demand(Libcrypto.EVP_DigestVerifyInit_ex(context, null, "SM3", 0, null, key, null), "Checking with SM2");
        var der = Sm2Wire.SignatureToDer(signature);
        fixed (byte* at = der, from = NotNull(data))
        {
            var verdict = Libcrypto.EVP_DigestVerify(context, at, (nuint)der.Length, from, (nuint)data.Length);
            Libcrypto.ERR_clear_error();
            return verdict == 1;
        }
    }

    public static byte[] Encrypt(KeyHandle key, ReadOnlySpan<byte> data)
    {
        using var context = Libcrypto.Demand(Libcrypto.EVP_PKEY_CTX_new_from_pkey(0, key, null), "SM2");
        Libcrypto.Demand(Libcrypto.EVP_PKEY_encrypt_init(context), "Encrypting with SM2");
        nuint length;
        fixed (byte* from = data)
        {
            Libcrypto.Demand(Libcrypto.EVP_PKEY_encrypt(context, null, &length, from, (nuint)data.Length), "Encrypting with SM2");
            var der = new byte[(int)length];
            fixed (byte* to = der)
            {
                Libcrypto.Demand(Libcrypto.EVP_PKEY_encrypt(context, to, &length, from, (nuint)data.Length), "Encrypting with SM2");
            }

            return Sm2Wire.CipherFromDer(der.AsMemory(0, (int)length));
        }
    }

    /// <summary>Null where it was not encrypted for this key, or was altered.</summary>
    public static byte[]? Decrypt(KeyHandle key, ReadOnlySpan<byte> cipher)
    {
        if (cipher.Length <= Sm2Curve.Point + Hashing.Sm3.Length || cipher[0] != 4)
        {
            return null;
        }

        using var context = Libcrypto.Demand(Libcrypto.EVP_PKEY_CTX_new_from_pkey(0, key, null), "SM2");
        Libcrypto.Demand(Libcrypto.EVP_PKEY_decrypt_init(context), "Decrypting with SM2");
        var der = Sm2Wire.CipherToDer(cipher);
        var text = new byte[der.Length];
        nuint length = (nuint)text.Length;
        fixed (byte* to = text, from = der)
        {
            if (Libcrypto.EVP_PKEY_decrypt(context, to, &length, from, (nuint)der.Length) != 1)
            {
                Libcrypto.ERR_clear_error();
                return null;
            }
        }

        var plain = text[..(int)length];
        CryptographicOperations.ZeroMemory(text);
        return plain;
    }

    private static KeyContextHandle Context() => Libcrypto.Demand(Libcrypto.EVP_PKEY_CTX_new_from_name(0, "SM2", null), "SM2");

    private static bool IsPair(KeyHandle key)
    {
        using var context = Libcrypto.Demand(Libcrypto.EVP_PKEY_CTX_new_from_pkey(0, key, null), "SM2");
        return Libcrypto.EVP_PKEY_pairwise_check(context) == 1;
    }

    // OpenSSL's EVP_PKEY-SM2(7): the name goes into the key's context before signing begins.
    private static KeyContextHandle Named(KeyHandle key, string signer)
    {
        var name = Encoding.UTF8.GetBytes(signer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, Sm2PublicKey.LongestSigner, nameof(signer));
        var context = Libcrypto.Demand(Libcrypto.EVP_PKEY_CTX_new_from_pkey(0, key, null), "SM2");
        fixed (byte* at = NotNull(name))
        {
            Libcrypto.Demand(Libcrypto.EVP_PKEY_CTX_set1_id(context, at, name.Length), "Naming the signer");
        }

        return context;
    }

    /// <summary>libcrypto asks for an address of what is empty, too.</summary>
    private static ReadOnlySpan<byte> NotNull(ReadOnlySpan<byte> data) => data.IsEmpty ? "\0"u8 : data;
}
