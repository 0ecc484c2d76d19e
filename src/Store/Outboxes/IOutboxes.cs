using Kangqiao.Kernel;

namespace Kangqiao.Store.Outboxes;

/// <summary>What waits for one receiver.</summary>
/// <param name="Last">Number of the last message ever added; 0 when there was none.</param>
/// <param name="State">JSON of the owner's own: how far the receiver has come, and the like.</param>
public sealed record Outbox(string Name, long Last, string State);

/// <param name="Number">From 1 without gaps.</param>
public readonly record struct OutboxMessage(long Number, string Text);

/// <summary>
/// Durable lists of messages, one a receiver, numbered from 1 without gaps. Whoever adds says what the last number was, so
/// that of two who add at once one is refused and no message is there twice.
/// </summary>
public interface IOutboxes
{
    /// <summary>Null when there is none of that name.</summary>
    ValueTask<Outcome<Outbox?>> FindAsync(string name, CancellationToken cancel = default);

    /// <summary>Keeps the owner's state; makes the outbox at first.</summary>
    ValueTask<Outcome<Outbox>> SaveAsync(string name, string stateJson, CancellationToken cancel = default);

    /// <summary>Adds messages, all or none. A conflict when the last number is not <paramref name="last"/>.</summary>
    ValueTask<Outcome<Outbox>> AppendAsync(string name, long last, IReadOnlyList<string> messages, CancellationToken cancel = default);

    /// <summary>Messages behind a number, in order.</summary>
    /// <param name="limit">At most so many; 1 to 10,000.</param>
    ValueTask<Outcome<IReadOnlyList<OutboxMessage>>> ReadAsync(string name, long after, int limit, CancellationToken cancel = default);

    /// <summary>Forgets messages up to a number, which is not given again.</summary>
    /// <returns>How many there were.</returns>
    ValueTask<Outcome<long>> TrimAsync(string name, long upTo, CancellationToken cancel = default);

    /// <summary>Forgets the outbox with all its messages.</summary>
    /// <returns>False when there was none.</returns>
    ValueTask<Outcome<bool>> RemoveAsync(string name, CancellationToken cancel = default);
}
