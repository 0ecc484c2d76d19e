namespace Kangqiao.Crypto.Keys;

/// <summary>What a key is for; no key serves two ends.</summary>
public enum KeyPurpose
{
    /// <summary>Seals what is kept: SM4 and HMAC-SM3.</summary>
    Seal,

    /// <summary>Makes identifiers that can be searched for and not read: HMAC-SM3.</summary>
    Find,

    /// <summary>Signs documents and anchors: SM2.</summary>
    Sign,

    /// <summary>Marks what this platform wrote, so that it knows it again: HMAC-SM3.</summary>
    Mark,
}
