using System.Runtime.InteropServices;
using Kangqiao.Store.Bodies;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// Bodies on their way into groups, one open group a place, so that small requests of many callers share a group. A group is
/// named by the sequence of its first version.
/// </summary>
internal sealed class BodyShelf
{
    private readonly Dictionary<short, Loose> open = [];
    private readonly List<Loose> full = [];

    public void Clear()
    {
        open.Clear();
        full.Clear();
    }

    /// <summary>Puts one body beside others of its place.</summary>
    public (long Group, short Slot) Place(short place, long sequence, ReadOnlyMemory<byte> body)
    {
        if (!open.TryGetValue(place, out var group))
        {
            group = new(sequence, place);
            open.Add(place, group);
        }

        group.Bodies.Add(body);
        group.Bytes += body.Length;
        if (group.Bodies.Count == BodyGroup.MostBodies || group.Bytes >= BodyGroup.EnoughBytes)
        {
            full.Add(group);
            open.Remove(place);
        }

        return (group.Number, (short)(group.Bodies.Count - 1));
    }

    /// <summary>Writes all groups as rows of the body table.</summary>
    public void MoveTo(CopyRows rows)
    {
        full.AddRange(open.Values);
        foreach (var group in full)
        {
            rows.Row().Add(group.Number).Add(group.Place).Add(BodyGroup.Pack(CollectionsMarshal.AsSpan(group.Bodies)));
        }

        Clear();
    }

    private sealed class Loose(long number, short place)
    {
        public long Number => number;

        public short Place => place;

        public int Bytes { get; set; }

        public List<ReadOnlyMemory<byte>> Bodies { get; } = new(BodyGroup.MostBodies);
    }
}
