namespace Kangqiao.City;

/// <summary>Counts what a city would write: to measure how it is made, apart from the disk.</summary>
public sealed class CountingSink : ICitySink
{
    public long Bytes { get; private set; }

    public void Append(string path, ReadOnlySpan<byte> bytes) => Bytes += bytes.Length;

    public void Complete()
    {
    }
}
