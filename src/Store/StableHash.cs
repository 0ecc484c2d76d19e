namespace Kangqiao.Store;

/// <summary>
/// A 64-bit hash that is the same in every process, version and machine, because it is written to disk: FNV-1a
/// (draft-eastlake-fnv, 64-bit parameters) with a final mixing. Not for secrets, and never trusted to be unique.
/// </summary>
public static class StableHash
{
    public static long Of(ReadOnlySpan<byte> bytes)
    {
        var hash = 0xcbf29ce484222325UL;
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * 0x100000001b3UL;
        }

        // FNV's high bits depend little on the last bytes; two rounds of multiply and shift spread them.
        hash = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15UL;
        return (long)(hash ^ (hash >> 29));
    }
}
