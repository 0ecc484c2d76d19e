namespace Kangqiao.City;

/// <summary>Where a city's files go.</summary>
public interface ICitySink
{
    /// <summary>Adds to the end of a file.</summary>
    /// <param name="path">Relative, with forward slashes.</param>
    void Append(string path, ReadOnlySpan<byte> bytes);

    /// <summary>Everything that was appended is where it belongs.</summary>
    void Complete();
}
