namespace Kangqiao.Crypto.Tests;

/// <summary>A data folder of one test, gone after it.</summary>
internal sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("kq-crypto-").FullName;

    public string Ring => System.IO.Path.Combine(Path, "keys", "ring");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
