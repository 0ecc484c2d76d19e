using Kangqiao.Store.Search;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Tests.Contract;

/// <summary>What the claims below share: a fresh store, its clock, and ways to hold its writer still.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    protected TestClock Clock { get; } = new();

    protected IStorePlace Place { get; private set; } = null!;

    protected IRecordStore Store { get; private set; } = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Place = await NewPlaceAsync();
        Store = await Place.Maker(Clock).OpenAsync(Cancel).Must();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<IStorePlace> NewPlaceAsync();

    protected async Task ReopenAsync(long? mostWaitingBytes = null)
    {
        await Store.DisposeAsync();
        Store = await Place.Maker(Clock, mostWaitingBytes).OpenAsync(Cancel).Must();
    }

    protected async Task<WriteReceipt> WriteAsync(params WriteOperation[] operations) =>
        await Store.WriteAsync(new(operations), Cancel).Must();

    protected async Task<StoredRecord?> ReadAsync(string id) => await Store.ReadAsync(Sample.Key(id), Cancel).Must();

    protected async Task<long> CountAsync(TermQuery query) => await Store.CountAsync(query, cancel: Cancel).Must();

    protected async Task<IReadOnlyList<long>> FindAsync(SearchFilter filter) =>
        (await Store.SearchAsync(new(filter) { Limit = 1000 }, Cancel).Must()).Numbers;

    /// <summary>
    /// Holds the writer inside a transaction until it is released, so that what is sent meanwhile lands in one commit.
    /// </summary>
    protected async Task<Hold> HoldWriterAsync()
    {
        await WriteAsync(Sample.Put("hold", "thold"));
        var hold = new Hold();
        var filter = new SearchFilter(TermQuery.Is("thold"))
        {
            Doubtful = TermQuery.Everything,
            Recheck = _ =>
            {
                hold.Reached.TrySetResult();
                hold.Release.Wait();
                return false;
            },
        };
        hold.Request = Store.WriteAsync(new([]) { Expectations = [new Expectation.OfSearch(filter, null)] }, Cancel).AsTask();

        // A store that never asks would never reach the hold: then its answer comes instead.
        (await Task.WhenAny(hold.Reached.Task, hold.Request).WaitAsync(Cancel)).ShouldBe(hold.Reached.Task);
        return hold;
    }

    protected sealed class Hold : IAsyncDisposable
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Release { get; } = new();

        public Task Request { get; set; } = Task.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            Release.Set();
            await Request;
            Release.Dispose();
        }
    }
}
