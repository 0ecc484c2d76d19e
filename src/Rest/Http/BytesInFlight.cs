namespace Kangqiao.Rest.Http;

/// <summary>
/// Bytes of bodies that are held in memory by all requests together. When the bound is reached, senders are told to come back: a
/// server that swaps serves nobody.
/// </summary>
internal sealed class BytesInFlight(long most)
{
    private long held;

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref held, bytes) <= most)
        {
            return true;
        }

        Interlocked.Add(ref held, -bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref held, -bytes);
}
