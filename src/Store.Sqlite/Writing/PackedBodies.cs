using Kangqiao.Store.Bodies;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Sqlite.Writing;

/// <summary>
/// The full body groups of a large request, packed on the caller's thread. What does not fill a group is left to the
/// writer, who puts it beside the rests of other requests.
/// </summary>
internal sealed class PackedBodies
{
    private static readonly PackedBodies None = new();
    private readonly List<(Pack Pack, byte[] Bytes)> packs = [];
    private int next;

    private PackedBodies()
    {
    }

    /// <param name="First">Counts the puts of the request from 0.</param>
    public readonly record struct Pack(int Index, int First, int Count);

    /// <summary>Slots of a group, handed out one after the other.</summary>
    public struct Place(long group, int count)
    {
        private int used;

        public (long Group, int Slot) Next() => used < count ? (group, used++) : default;
    }

    public static PackedBodies Of(WriteRequest request)
    {
        if (request.Operations.Count < BodyGroup.MostBodies)
        {
            return None;
        }

        var result = new PackedBodies();
        var open = new ReadOnlyMemory<byte>[BodyGroup.MostBodies];
        var (put, count, bytes) = (0, 0, 0);
        foreach (var operation in request.Operations)
        {
            if (operation is not WriteOperation.Put { Record.Body: var body })
            {
                continue;
            }

            open[count++] = body;
            bytes += body.Length;
            put++;
            if (count == BodyGroup.MostBodies || bytes >= BodyGroup.EnoughBytes)
            {
                result.packs.Add((new(result.packs.Count, put - count, count), BodyGroup.Pack(open.AsSpan(0, count))));
                (count, bytes) = (0, 0);
            }
        }

        return result;
    }

    /// <summary>The group that begins with this put. Asked in order.</summary>
    public Pack? StartsAt(int put)
    {
        if (put == 0)
        {
            next = 0;
        }

        return next < packs.Count && packs[next].Pack.First == put ? packs[next++].Pack : null;
    }

    public byte[] Bytes(Pack pack) => packs[pack.Index].Bytes;
}
