using System.Reflection;
using System.Runtime.InteropServices;

namespace Kangqiao.Crypto.Native;

/// <summary>
/// The functions of OpenSSL 3's libcrypto that this room calls, under their own names (openssl.org, manual section 3).
/// Those that return a number say 1 for success unless it is said otherwise.
/// </summary>
internal static unsafe partial class Libcrypto
{
    private const string Name = "libcrypto";

    static Libcrypto()
    {
        NativeLibrary.SetDllImportResolver(typeof(Libcrypto).Assembly, Resolve);

        // Found once for the life of the process; never freed, as the process ends with them.
        Sm3 = Fetched(EVP_MD_fetch(0, "SM3", 0), "SM3");
        Sm4Ctr = Fetched(EVP_CIPHER_fetch(0, "SM4-CTR", 0), "SM4-CTR");
        Sm4Cbc = Fetched(EVP_CIPHER_fetch(0, "SM4-CBC", 0), "SM4-CBC");
        Sm4Ecb = Fetched(EVP_CIPHER_fetch(0, "SM4-ECB", 0), "SM4-ECB");
    }

    public static nint Sm3 { get; }

    public static nint Sm4Ctr { get; }

    public static nint Sm4Cbc { get; }

    public static nint Sm4Ecb { get; }

    /// <summary>What OpenSSL says of its last failure on this thread.</summary>
    public static CryptoException Failure(string what)
    {
        var code = ERR_get_error();
        Span<byte> text = stackalloc byte[256];
        fixed (byte* at = text)
        {
            ERR_error_string_n(code, at, (nuint)text.Length);
            return new CryptoException(code == 0 ? $"{what} failed" : $"{what} failed: {Marshal.PtrToStringUTF8((nint)at)}");
        }
    }

    public static void Demand(int result, string what)
    {
        if (result != 1)
        {
            throw Failure(what);
        }
    }

    public static T Demand<T>(T handle, string what)
        where T : SafeHandle => handle.IsInvalid ? throw Failure(what) : handle;

    [LibraryImport(Name)]
    internal static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Name)]
    internal static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(Name)]
    internal static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Name)]
    internal static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Name)]
    internal static partial void BN_clear_free(nint number);

    [LibraryImport(Name)]
    internal static partial DigestContextHandle EVP_MD_CTX_new();

    [LibraryImport(Name)]
    internal static partial int EVP_DigestInit_ex2(DigestContextHandle context, nint digest, void* parameters);

    [LibraryImport(Name)]
    internal static partial int EVP_DigestUpdate(DigestContextHandle context, byte* data, nuint count);

    [LibraryImport(Name)]
    internal static partial int EVP_DigestFinal_ex(DigestContextHandle context, byte* hash, uint* length);

    [LibraryImport(Name)]
    internal static partial void EVP_MD_CTX_set_pkey_ctx(DigestContextHandle context, KeyContextHandle key);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int EVP_DigestSignInit_ex(
        DigestContextHandle context, nint* keyContext, string digest, nint library, string? properties, KeyHandle key, void* parameters);

    [LibraryImport(Name)]
    internal static partial int EVP_DigestSign(DigestContextHandle context, byte* signature, nuint* length, byte* data, nuint count);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int EVP_DigestVerifyInit_ex(
        DigestContextHandle context, nint* keyContext, string digest, nint library, string? properties, KeyHandle key, void* parameters);

    /// <summary>1: it is the signature; 0 or less: it is not.</summary>
    [LibraryImport(Name)]
    internal static partial int EVP_DigestVerify(DigestContextHandle context, byte* signature, nuint length, byte* data, nuint count);

    [LibraryImport(Name)]
    internal static partial CipherContextHandle EVP_CIPHER_CTX_new();

    [LibraryImport(Name)]
    internal static partial int EVP_CipherInit_ex2(CipherContextHandle context, nint cipher, byte* key, byte* vector, int encrypt, void* parameters);

    [LibraryImport(Name)]
    internal static partial int EVP_CIPHER_CTX_set_padding(CipherContextHandle context, int padding);

    [LibraryImport(Name)]
    internal static partial int EVP_CipherUpdate(CipherContextHandle context, byte* output, int* written, byte* input, int count);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial KeyContextHandle EVP_PKEY_CTX_new_from_name(nint library, string name, string? properties);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial KeyContextHandle EVP_PKEY_CTX_new_from_pkey(nint library, KeyHandle key, string? properties);

    [LibraryImport(Name)]
    internal static partial int EVP_PKEY_keygen_init(KeyContextHandle context);

    [LibraryImport(Name)]
    internal static partial int EVP_PKEY_generate(KeyContextHandle context, out KeyHandle key);

    [LibraryImport(Name)]
    internal static partial int EVP_PKEY_fromdata_init(KeyContextHandle context);

    [LibraryImport(Name)]
    internal static partial int EVP_PKEY_fromdata(KeyContextHandle context, out KeyHandle key, int selection, Parameter* parameters);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int EVP_PKEY_get_octet_string_param(KeyHandle key, string name, byte* buffer, nuint room, nuint* length);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int EVP_PKEY_get_bn_param(KeyHandle key, string name, out NumberHandle number);

    [LibraryImport(Name)]
    internal static partial int EVP_PKEY_pairwise_check(KeyContextHandle context);

    [LibraryImport(Name)]
    internal static partial int EVP_PKEY_CTX_set1_id(KeyContextHandle context, byte* id, int length);

    [LibraryImport(Name)]
    internal static partial int EVP_PKEY_encrypt_init(KeyContextHandle context);

    [LibraryImport(Name)]
    internal static partial int EVP_PKEY_encrypt(KeyContextHandle context, byte* output, nuint* length, byte* input, nuint count);

    [LibraryImport(Name)]
    internal static partial int EVP_PKEY_decrypt_init(KeyContextHandle context);

    [LibraryImport(Name)]
    internal static partial int EVP_PKEY_decrypt(KeyContextHandle context, byte* output, nuint* length, byte* input, nuint count);

    /// <summary>Bytes written, as many as asked; less than zero where the number does not fit.</summary>
    [LibraryImport(Name)]
    internal static partial int BN_bn2binpad(NumberHandle number, byte* output, int length);

    [LibraryImport(Name)]
    internal static partial void ERR_clear_error();

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint EVP_MD_fetch(nint library, string algorithm, nint properties);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint EVP_CIPHER_fetch(nint library, string algorithm, nint properties);

    [LibraryImport(Name)]
    private static partial nuint ERR_get_error();

    [LibraryImport(Name)]
    private static partial void ERR_error_string_n(nuint code, byte* text, nuint length);

    private static nint Fetched(nint algorithm, string name) => algorithm != 0 ? algorithm : throw Failure($"Finding {name} in libcrypto");

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name)
        {
            return 0;
        }

        foreach (var file in (string[])["libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll"])
        {
            if (NativeLibrary.TryLoad(file, assembly, path, out var library))
            {
                return library;
            }
        }

        throw new CryptoException("OpenSSL 3's libcrypto is not on this machine: install libssl3.");
    }
}

/// <summary>An <c>OSSL_PARAM</c>: one named value handed over when a key is put together.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Parameter
{
    public const uint UnsignedInteger = 2;
    public const uint Text = 4;
    public const uint Octets = 5;

    public byte* Key;
    public uint Kind;
    public void* Data;
    public nuint Size;
    public nuint Returned;
}
