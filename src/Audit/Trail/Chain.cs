using Kangqiao.Crypto.Hashing;

namespace Kangqiao.Audit.Trail;

/// <summary>
/// The chain of a part of the trail: each value is SM3 of the one before it and the entry, the first that of the head of the file. Whoever
/// changes, takes out or puts in an entry changes every value behind it.
/// </summary>
internal sealed class Chain
{
    /// <summary>Bytes of a value.</summary>
    public const int Length = Sm3.Length;

    /// <summary>Bytes of it beside each entry, to find which one was touched; the whole value stands behind each group.</summary>
    public const int MarkLength = 8;

    private readonly byte[] value = new byte[Length];

    public Chain(ReadOnlySpan<byte> head) => Sm3.Hash(head, value);

    private Chain(Chain other)
    {
        other.value.CopyTo(value, 0);
        Entries = other.Entries;
    }

    public ReadOnlySpan<byte> Value => value;

    public ReadOnlySpan<byte> Mark => value.AsSpan(0, MarkLength);

    public long Entries { get; private set; }

    public void Add(ReadOnlySpan<byte> payload)
    {
        Sm3.Hash(value, payload, value);
        Entries++;
    }

    public Chain Copy() => new(this);
}
