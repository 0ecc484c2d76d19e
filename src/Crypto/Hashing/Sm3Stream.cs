using Kangqiao.Crypto.Native;

namespace Kangqiao.Crypto.Hashing;

/// <summary>SM3 over what comes in pieces. One thread at a time.</summary>
public sealed class Sm3Stream : IDisposable
{
    private readonly DigestContextHandle context = Libcrypto.Demand(Libcrypto.EVP_MD_CTX_new(), "A hash context");

    public Sm3Stream() => Sm3.Begin(context);

    public void Add(ReadOnlySpan<byte> data) => Sm3.Update(context, data);

    /// <summary>The hash of all that was added; the next piece begins a new one.</summary>
    public byte[] Finish()
    {
        var hash = new byte[Sm3.Length];
        Sm3.Finish(context, hash);
        Sm3.Begin(context);
        return hash;
    }

    public void Dispose() => context.Dispose();
}
