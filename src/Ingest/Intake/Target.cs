using System.Collections.Concurrent;
using Kangqiao.Standard.Making;
using Kangqiao.Store;

namespace Kangqiao.Ingest.Intake;

/// <summary>
/// Where a sender's records go: to the city's records, or, while the sender is in testing, apart from them. Remembers which
/// records are there, so that most references can be checked without asking.
/// </summary>
internal sealed class Target(IRecordStore store, Workshop shop)
{
    private const int Places = 1 << 20;
    private const int MostIdentities = 100_000;

    private readonly long[] there = new long[Places];
    private readonly ConcurrentDictionary<(string Sender, Identity Identity), string> identities = [];

    public IRecordStore Store { get; } = store;

    public Workshop Shop { get; } = shop;

    /// <summary>False says nothing.</summary>
    public bool IsKnown(RecordKey key)
    {
        var hash = key.Hash;
        return Volatile.Read(ref there[hash & (Places - 1)]) == hash;
    }

    public void Remember(RecordKey key)
    {
        var hash = key.Hash;
        Volatile.Write(ref there[hash & (Places - 1)], hash);
    }

    public void Forget(RecordKey key)
    {
        var hash = key.Hash;
        Interlocked.CompareExchange(ref there[hash & (Places - 1)], 0, hash);
    }

    /// <summary>The id of a sender's own record that carries an identifier; null where there is none.</summary>
    /// <remarks>Waits for the store: called only for conditions and for senders whose types go by business identifiers.</remarks>
    public string? Find(string sender, string type, string system, string value)
    {
        var identity = Identity.Of(type, system, value);
        if (identities.TryGetValue((sender, identity), out var known))
        {
            return known;
        }

        if (!Wait(Store.FindAsync(identity)).Try(out var numbers, out _) || numbers.Count == 0
            || !Wait(Store.ReadAsync([.. numbers.Take(100)])).Try(out var records, out _)
            || records.FirstOrDefault(r => r is { State: RecordState.Live } && r.Sender == sender) is not { } own)
        {
            return null;
        }

        if (identities.Count >= MostIdentities)
        {
            identities.Clear();
        }

        identities[(sender, identity)] = own.Key.Id;
        return own.Key.Id;
    }

    private static T Wait<T>(ValueTask<T> answer) => answer.IsCompleted ? answer.Result : answer.AsTask().GetAwaiter().GetResult();
}
