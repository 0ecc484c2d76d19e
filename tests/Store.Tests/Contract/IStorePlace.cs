namespace Kangqiao.Store.Tests.Contract;

/// <summary>Where one store's data lies during a test; the store over it can be closed and opened again.</summary>
public interface IStorePlace : IAsyncDisposable
{
    /// <param name="mostWaitingBytes">Null for what the maker takes by itself.</param>
    IStoreMaker Maker(TimeProvider time, long? mostWaitingBytes = null);

    /// <summary>An empty folder for this test.</summary>
    string NewFolder();
}
