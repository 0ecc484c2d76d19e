namespace Kangqiao.Crypto.Keys;

/// <summary>What may be told of a key.</summary>
/// <param name="Id">16 hexadecimal digits; stands in everything the key made.</param>
/// <param name="After">The key that it took over from; null for the first.</param>
/// <param name="IsCurrent">New things are made with it.</param>
public sealed record KeyInfo(KeyPurpose Purpose, string Id, DateTimeOffset MadeAt, string? After, bool IsCurrent);

/// <summary>A key with what is secret about it. Lives as long as the process.</summary>
internal sealed record RingKey(KeyPurpose Purpose, string Id, DateTimeOffset MadeAt, string? After, byte[] Material)
{
    public const int IdBytes = 8;

    public byte[] IdAsBytes { get; } = Convert.FromHexString(Id);
}
