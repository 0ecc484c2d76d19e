using Kangqiao.Kernel;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>A request that waits for a writer; answered only once its transaction is durable.</summary>
internal sealed class RequestItem(PreparedRequest request, long weight)
{
    private readonly TaskCompletionSource<Outcome<WriteReceipt>> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Outcome<WriteReceipt>> Done => done.Task;

    public PreparedRequest Prepared => request;

    public WriteRequest Request => request.Request;

    /// <summary>Bytes of memory it holds while it waits, about.</summary>
    public long Weight => weight;

    public int Operations => request.Request.Operations.Count;

    /// <summary>What became of it in the transaction that is being tried.</summary>
    public Outcome<WriteReceipt> Outcome { get; set; }

    public void Complete() => done.TrySetResult(Outcome);

    public void Fail(Problem problem) => done.TrySetResult(problem);
}
