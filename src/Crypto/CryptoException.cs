namespace Kangqiao.Crypto;

/// <summary>libcrypto could not do what it always can: it is missing, too old, or out of memory. Nothing a caller's input brings about.</summary>
public sealed class CryptoException : Exception
{
    public CryptoException()
    {
    }

    public CryptoException(string message)
        : base(message)
    {
    }

    public CryptoException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
