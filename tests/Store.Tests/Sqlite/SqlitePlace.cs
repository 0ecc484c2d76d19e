using Kangqiao.Store.Sqlite;
using Kangqiao.Store.Tests.Contract;

namespace Kangqiao.Store.Tests.Sqlite;

/// <summary>A temporary folder, gone after the test.</summary>
internal sealed class SqlitePlace : IStorePlace
{
    private readonly string root = Directory.CreateTempSubdirectory("kangqiao-store-").FullName;
    private int folders;

    public string DataFolder => Path.Combine(root, "data");

    public IStoreMaker Maker(TimeProvider time, long? mostWaitingBytes = null)
    {
        var options = new SqliteStoreOptions(DataFolder) { WriterCacheMegabytes = 4 };
        return new SqliteStoreMaker(mostWaitingBytes is { } most ? options with { MostWaitingBytes = most } : options, time);
    }

    public string NewFolder() => Path.Combine(root, $"folder{Interlocked.Increment(ref folders)}");

    public ValueTask DisposeAsync()
    {
        Directory.Delete(root, recursive: true);
        return ValueTask.CompletedTask;
    }
}
