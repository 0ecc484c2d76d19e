using System.Runtime.InteropServices;
using Kangqiao.Store.Bodies;

namespace Kangqiao.Store.Sqlite.Writing;

/// <summary>
/// Bodies of one commit on their way into groups. They get their places at once and are written at the end, so that small
/// requests of many callers share a group.
/// </summary>
internal sealed class BodyShelf(WriterTables tables)
{
    private readonly List<(long Group, byte[] Packed)> whole = [];
    private readonly List<(long Group, List<ReadOnlyMemory<byte>> Bodies)> loose = [];
    private long nextGroup;
    private int openBytes;

    /// <summary>Starts a commit.</summary>
    public void Open(long lastGroup)
    {
        whole.Clear();
        loose.Clear();
        openBytes = 0;
        nextGroup = lastGroup + 1;
    }

    /// <summary>Puts one body beside others.</summary>
    public (long Group, int Slot) Place(ReadOnlyMemory<byte> body)
    {
        if (loose.Count == 0 || loose[^1].Bodies.Count == BodyGroup.MostBodies || openBytes >= BodyGroup.EnoughBytes)
        {
            loose.Add((nextGroup++, new(BodyGroup.MostBodies)));
            openBytes = 0;
        }

        var (group, bodies) = loose[^1];
        bodies.Add(body);
        openBytes += body.Length;
        return (group, bodies.Count - 1);
    }

    /// <summary>Takes a group that the caller's thread has packed already.</summary>
    public long Place(byte[] packed)
    {
        whole.Add((nextGroup, packed));
        return nextGroup++;
    }

    /// <summary>The bodies of a group, whether it is still here or in the database.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Bodies(long group)
    {
        foreach (var (number, bodies) in loose)
        {
            if (number == group)
            {
                return bodies;
            }
        }

        foreach (var (number, packed) in whole)
        {
            if (number == group)
            {
                return BodyGroup.Unpack(packed);
            }
        }

        return tables.Bodies(group);
    }

    /// <summary>Empties one place for good; the places of its neighbours stay.</summary>
    public void Blank(long group, int slot)
    {
        Write();
        var bodies = tables.Bodies(group);
        bodies[slot] = default;
        if (Array.TrueForAll(bodies, b => b.Length == 0))
        {
            tables.DropBody(group);
        }
        else
        {
            tables.PutBody(group, BodyGroup.Pack(bodies));
        }
    }

    /// <summary>Writes all groups into the transaction.</summary>
    public void Write()
    {
        foreach (var (group, packed) in whole)
        {
            tables.PutBody(group, packed);
        }

        foreach (var (group, bodies) in loose)
        {
            tables.PutBody(group, BodyGroup.Pack(CollectionsMarshal.AsSpan(bodies)));
        }

        whole.Clear();
        loose.Clear();
    }
}
