using System.Collections.Concurrent;

namespace Kangqiao.Store.Bodies;

/// <summary>
/// Bodies read lately, unpacked, for all readers. A body never changes once it is committed, so nothing here can be stale; a
/// purge forgets all of them. The least used half goes when the bound is met.
/// </summary>
public sealed class BodyCache(long mostBytes)
{
    private volatile Half young = new();
    private volatile Half old = new();
    private long era;

    /// <summary>Taken before a snapshot is opened: what the snapshot reads is kept only if nothing was purged since.</summary>
    public long Era => Volatile.Read(ref era);

    public byte[]? Find(long group, int slot)
    {
        var key = Key(group, slot);
        if (young.Bodies.TryGetValue(key, out var body))
        {
            return body;
        }

        if (!old.Bodies.TryGetValue(key, out body))
        {
            return null;
        }

        Add(young, key, body);
        return body;
    }

    public void Keep(long group, int slot, byte[] body, long since)
    {
        // One huge body must not push out thousands.
        if (body.Length > mostBytes / 256 || since != Era)
        {
            return;
        }

        var into = young;
        Add(into, Key(group, slot), body);
        if (since != Era)
        {
            // Purged meanwhile: the whole half may hold what was read before.
            Forget();
        }
    }

    /// <summary>After a purge is committed.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref era);
        young = new();
        old = new();
    }

    private static (long Group, int Slot) Key(long group, int slot) => (group, slot);

    private void Add(Half into, (long Group, int Slot) key, byte[] body)
    {
        const int overhead = 120;
        if (into.Bodies.TryAdd(key, body) && Interlocked.Add(ref into.Bytes, body.Length + overhead) > mostBytes / 2 && young == into)
        {
            old = into;
            young = new();
        }
    }

    private sealed class Half
    {
        public readonly ConcurrentDictionary<(long Group, int Slot), byte[]> Bodies = new();
        public long Bytes;
    }
}
