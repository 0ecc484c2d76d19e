using Kangqiao.Kernel;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Sqlite.Writing;

/// <summary>Something that waits for the writer; answered only once its transaction is durable.</summary>
internal abstract class WriterItem
{
    /// <summary>Bytes of memory it holds while it waits, about.</summary>
    public abstract long Weight { get; }

    public abstract int Operations { get; }

    /// <summary>Does it inside the session's transaction. May be called again after a rollback.</summary>
    public abstract void Apply(WriteSession session);

    public abstract void Complete();

    public abstract void Fail(Problem problem);
}

internal sealed class RequestItem(WriteRequest request, PackedBodies packed, long weight) : WriterItem
{
    private readonly TaskCompletionSource<Outcome<WriteReceipt>> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Outcome<WriteReceipt> outcome;

    public Task<Outcome<WriteReceipt>> Done => done.Task;

    public override long Weight => weight;

    public override int Operations => request.Operations.Count;

    public override void Apply(WriteSession session) => outcome = session.Apply(request, packed);

    public override void Complete() => done.SetResult(outcome);

    public override void Fail(Problem problem) => done.SetResult(problem);
}

/// <summary>A small change of something that is not a record. Looks before it writes, so a refusal leaves nothing behind.</summary>
internal sealed class CallItem<T>(Func<WriteSession, Outcome<T>> call) : WriterItem
{
    private readonly TaskCompletionSource<Outcome<T>> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Outcome<T> outcome;

    public Task<Outcome<T>> Done => done.Task;

    public override long Weight => 1_000;

    public override int Operations => 1;

    public override void Apply(WriteSession session) => outcome = call(session);

    public override void Complete() => done.SetResult(outcome);

    public override void Fail(Problem problem) => done.SetResult(problem);
}
