using Kangqiao.Ingest.Receipts;
using Kangqiao.Kernel;
using Kangqiao.Registry.Institutions;

namespace Kangqiao.Host.Loading;

/// <summary>The door that files are sent through: in this process, or that of a server which owns the data folder.</summary>
internal interface ILoadDoor : IAsyncDisposable
{
    ValueTask<Outcome<RegistryReport>> RegistryAsync(string file, CancellationToken cancel);

    /// <summary>Is there a sender of that code?</summary>
    ValueTask<bool> IsSenderAsync(string code, CancellationToken cancel);

    /// <summary>Sends a file; when it answers, the file is received, and the task ends when it has been worked on.</summary>
    ValueTask<Outcome<Task<Counts>>> SendAsync(LoadFile file, string institution, CancellationToken cancel);

    /// <summary>Distinct residents of all that was sent.</summary>
    ValueTask<long> ResidentsAsync(CancellationToken cancel);
}
