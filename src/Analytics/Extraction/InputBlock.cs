namespace Kangqiao.Analytics.Extraction;

/// <summary>A stretch of a file that can be read by itself: whole lines of NDJSON, or one JSON document.</summary>
/// <param name="Bytes">Rented by the reader; only the first <paramref name="Length"/> are meant.</param>
/// <param name="FirstLine">From 1.</param>
/// <param name="IsLines">Each line is a record; else all of it is one.</param>
internal sealed record InputBlock(string File, byte[] Bytes, int Length, long FirstLine, bool IsLines)
{
    public ReadOnlyMemory<byte> Memory => Bytes.AsMemory(0, Length);
}
