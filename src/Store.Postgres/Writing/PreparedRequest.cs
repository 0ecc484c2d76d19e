using System.Buffers.Binary;
using System.Text.Unicode;
using Kangqiao.Kernel;
using Kangqiao.Store.Bodies;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>What the caller's thread can make ready: terms in their binary form, hashes, places, and full body groups.</summary>
internal sealed class PreparedRequest
{
    private readonly Part[] parts;

    private PreparedRequest(WriteRequest request, Part[] parts)
    {
        Request = request;
        this.parts = parts;
    }

    public WriteRequest Request { get; }

    /// <summary>Bodies packed together: the operations that they belong to, and the group.</summary>
    public List<(int[] Operations, byte[] Packed)> Packs { get; } = [];

    /// <param name="Identities">As they stand in the record's row.</param>
    public readonly record struct Part(long Hash, short Place, TermColumns Terms, byte[] Identities);

    public ref readonly Part this[int operation] => ref parts[operation];

    public static Outcome<PreparedRequest> Of(WriteRequest request, int places)
    {
        var made = new Part[request.Operations.Count];
        for (var i = 0; i < made.Length; i++)
        {
            var operation = request.Operations[i];
            var hash = operation.Target.Hash;
            if (StoreLimits.RecordOf(operation) is not { } record)
            {
                made[i] = new(hash, 0, TermColumns.Empty, []);
                continue;
            }

            if (!Utf8.IsValid(record.Terms.Span))
            {
                return Problems.BadTerms(record.Key);
            }

            if (record.Terms.Length > TermColumns.MostTermBytes)
            {
                return Problems.BodyTooLarge(record.Key, TermColumns.MostTermBytes);
            }

            made[i] = new(hash, PlaceOf(record.Shard.Value, places), TermColumns.Of(record.Terms.Span), Bytes(record.Identities));
        }

        var prepared = new PreparedRequest(request, made);
        if (made.Length >= BodyGroup.MostBodies)
        {
            prepared.Pack(places);
        }

        return prepared;
    }

    /// <summary>The bucket of a shard key. Its high bits, which <see cref="StableHash"/> has mixed.</summary>
    public static short PlaceOf(long shard, int places) => (short)(((ulong)shard >> 32) % (ulong)places);

    public static Identity[] Identities(ReadOnlySpan<byte> bytes)
    {
        var all = new Identity[bytes.Length / 16];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = new(BinaryPrimitives.ReadInt64BigEndian(bytes[(16 * i)..]), BinaryPrimitives.ReadInt64BigEndian(bytes[((16 * i) + 8)..]));
        }

        return all;
    }

    private static byte[] Bytes(IReadOnlyList<Identity> identities)
    {
        var bytes = new byte[16 * identities.Count];
        for (var i = 0; i < identities.Count; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16 * i), identities[i].High);
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan((16 * i) + 8), identities[i].Low);
        }

        return bytes;
    }

    /// <summary>Packs what fills a group; the rest is left to the writer, who puts it beside the rests of other requests.</summary>
    private void Pack(int places)
    {
        var open = new Dictionary<short, (List<int> Operations, int Bytes)>(Math.Min(places, parts.Length));
        for (var i = 0; i < parts.Length; i++)
        {
            if (Request.Operations[i] is not WriteOperation.Put { Record.Body: var body })
            {
                continue;
            }

            var (operations, bytes) = open.TryGetValue(parts[i].Place, out var there) ? there : ([], 0);
            operations.Add(i);
            bytes += body.Length;
            if (operations.Count == BodyGroup.MostBodies || bytes >= BodyGroup.EnoughBytes)
            {
                Packs.Add(([.. operations], BodyGroup.Pack([.. operations.Select(o => ((WriteOperation.Put)Request.Operations[o]).Record.Body)])));
                operations = [];
                bytes = 0;
            }

            open[parts[i].Place] = (operations, bytes);
        }
    }
}
