using Kangqiao.Crypto.Hashing;
using Kangqiao.Crypto.Keys;
using Kangqiao.Kernel;

namespace Kangqiao.Crypto.Signatures;

/// <summary>Signs documents with the ring's signing key and checks signatures, whoever made them. Any number of threads may call it.</summary>
public sealed class DocumentSigner(KeyRing ring, TimeProvider time)
{
    /// <param name="signer">Who signs, as an identifier; one line of 1,000 characters at most.</param>
    /// <exception cref="ArgumentException">The signer is no such line.</exception>
    public Outcome<DetachedSignature> Sign(ReadOnlySpan<byte> document, string signer)
    {
        if (!DetachedSignature.IsLine(signer))
        {
            throw new ArgumentException("A signer is one line of 1,000 characters at most.", nameof(signer));
        }

        var key = ring.Current(KeyPurpose.Sign);
        if (!ring.Pair(key.Id).Try(out var pair, out var problem))
        {
            return problem;
        }

        var draft = new DetachedSignature(key.Id, signer, time.GetUtcNow(), Convert.ToHexStringLower(Sm3.Hash(document)), "");
        return draft with { Value = Convert.ToBase64String(pair.Sign(draft.Signed(), signer)) };
    }

    /// <summary>Whether this signature is of this document by a key of the ring, rotated ones too; else what is wrong.</summary>
    public Problem? Check(ReadOnlySpan<byte> document, DetachedSignature signature) =>
        ring.Pair(signature.Key).Try(out var pair, out var problem)
            ? Check(document, signature, pair.Public)
            : problem.Code == "CRY003" ? Problems.UnknownSigner(signature.Key) : problem;

    /// <summary>The same for a key that somebody else vouches for: a doctor's, an institution's.</summary>
    public static Problem? Check(ReadOnlySpan<byte> document, DetachedSignature signature, Sm2PublicKey key)
    {
        if (!Convert.ToHexStringLower(Sm3.Hash(document)).Equals(signature.Hash, StringComparison.OrdinalIgnoreCase))
        {
            return Problems.OtherDocument();
        }

        var value = new byte[64];
        return Convert.TryFromBase64String(signature.Value, value, out var length) && length == value.Length && key.Verify(signature.Signed(), value, signature.Signer)
            ? null
            : Problems.FalseSignature();
    }
}
