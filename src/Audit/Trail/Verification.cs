using Kangqiao.Audit.Entries;
using Kangqiao.Crypto.Keys;
using Kangqiao.Crypto.Sealing;
using Kangqiao.Crypto.Signatures;
using Microsoft.Win32.SafeHandles;

namespace Kangqiao.Audit.Trail;

/// <summary>What was found to be not as it was written.</summary>
/// <param name="Segment">The part.</param>
/// <param name="Entry">Number of the first broken entry there, from 1; 0 where the part itself is.</param>
/// <param name="After">When the last sound event before it was; null where there is none.</param>
/// <param name="What">In one sentence.</param>
public sealed record Broken(string Segment, long Entry, DateTimeOffset? After, string What);

/// <param name="Entries">Sound ones, those that only name texts and actors included.</param>
/// <param name="Broken">The first of each part that is broken, oldest part first.</param>
public sealed record VerificationReport(int Segments, int Retired, long Entries, long Anchors, IReadOnlyList<Broken> Broken);

/// <summary>
/// Checks the whole trail, beside running servers too: every entry against its chain, how far each part had come, every anchor against
/// its signature and its part, what parts say of parts before them, and that no part is missing.
/// </summary>
public sealed class Verification(AuditOptions options, KeyRing ring)
{
    private readonly Marker marker = new(ring);
    private readonly DocumentSigner signer = new(ring, TimeProvider.System);
    private readonly List<Broken> broken = [];
    private readonly Dictionary<string, string> namedBy = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(long Entries, string Value, string By)>> due = new(StringComparer.Ordinal);
    private readonly HashSet<string> retired = new(StringComparer.Ordinal);

    /// <param name="progress">Told of each part that was read.</param>
    /// <exception cref="IOException">The trail cannot be read.</exception>
    public VerificationReport Run(Action<string>? progress, CancellationToken cancel)
    {
        // First what was reached, then the parts: a part only grows meanwhile.
        var names = SegmentName.All(options.Root);
        var reached = names.ToDictionary(n => n, n => Reached.Read(SegmentName.FileOf(options.Root, n, SegmentName.HeadExtension), marker), StringComparer.Ordinal);
        var anchors = ReadAnchors();
        foreach (var name in names)
        {
            using var file = File.OpenHandle(SegmentName.FileOf(options.Root, name), share: FileShare.ReadWrite | FileShare.Delete);
            foreach (var link in SegmentHead.Read(file, name) is { } read ? read.Head.After : [])
            {
                Expect(link.Segment, link.Entries, link.Value, $"the part {name}, which came after it");
            }
        }

        long entries = 0;
        foreach (var name in names)
        {
            cancel.ThrowIfCancellationRequested();
            entries += Check(name, reached[name]);
            progress?.Invoke(name);
        }

        foreach (var (name, by) in namedBy)
        {
            if (!reached.ContainsKey(name) && !retired.Contains(name))
            {
                broken.Add(new(name, 0, SegmentName.OpenedAt(name), $"The part is missing; {by} names it"));
            }
        }

        return new(names.Count, retired.Count, entries, anchors, [.. broken.OrderBy(b => b.Segment, StringComparer.Ordinal).ThenBy(b => b.Entry)]);
    }

    private long ReadAnchors()
    {
        long count = 0;
        foreach (var file in Directory.Exists(options.Anchors) ? Directory.EnumerateFiles(options.Anchors, "*" + SegmentName.AnchorExtension).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (!SegmentName.IsName(name))
            {
                continue;
            }

            var sound = 0;
            foreach (var anchor in Anchor.ReadAll(file))
            {
                count++;
                if (anchor is null || anchor.Segment != name || anchor.Check(signer) is not null)
                {
                    broken.Add(new(name, 0, null, $"Anchor {count} of the part is not as it was signed"));
                    break;
                }

                sound++;
                Expect(name, anchor.Entries, anchor.Value, "its signed anchor");
                if (anchor.IsRetired)
                {
                    retired.Add(name);
                }
            }

            if (sound == 0)
            {
                namedBy.TryAdd(name, "its file of anchors");
            }
        }

        return count;
    }

    private void Expect(string segment, long entries, string value, string by)
    {
        namedBy.TryAdd(segment, by);
        (due.TryGetValue(segment, out var list) ? list : due[segment] = []).Add((entries, value, by));
    }

    /// <returns>Sound entries.</returns>
    private long Check(string name, Reached? reached)
    {
        using var file = File.OpenHandle(SegmentName.FileOf(options.Root, name), share: FileShare.ReadWrite | FileShare.Delete);
        if (SegmentHead.Read(file, name) is not { } head)
        {
            // A process that ended while it made the file told nobody of it.
            if (reached is not null || namedBy.ContainsKey(name))
            {
                broken.Add(new(name, 0, null, "The head of the part was changed"));
            }

            return 0;
        }

        var chain = new Chain(head.Bytes);
        var waiting = new PriorityQueue<(string Value, string By), long>();
        foreach (var (entries, value, by) in due.GetValueOrDefault(name, []))
        {
            waiting.Enqueue((value, by), entries);
        }

        if (reached is not null)
        {
            waiting.Enqueue((Convert.ToHexStringLower(reached.Value), "its mark of how far it had come"), reached.Entries);
        }

        var last = new LastEvent(new EntryReader(head.Head.Opened));
        Broken? first = Compare(name, chain, waiting, last);
        var walked = SegmentReader.Walk(file, head.Bytes.Length, chain, last.Take, (_, behind) => first ??= Compare(name, behind, waiting, last));
        if (first is null && walked.End == WalkEnd.Broken)
        {
            first = new(name, walked.Entry, last.At, "The entry is not the one that was written here: it was changed, put in, or one before it was taken out");
        }

        if (first is null && waiting.TryPeek(out var missed, out var count))
        {
            first = new(name, chain.Entries + 1, last.At, $"The tail was cut off: {missed.By} says that there were {count} entries");
        }

        if (first is null && reached is null)
        {
            first = new(name, 0, null, "The mark of how far the part had come is missing or was not written here");
        }

        if (first is not null)
        {
            broken.Add(first);
        }

        return first is null ? chain.Entries : Math.Max(0, first.Entry - 1);
    }

    // The chain at each place that somebody vouches for is the one they saw.
    private static Broken? Compare(string name, Chain chain, PriorityQueue<(string Value, string By), long> waiting, LastEvent last)
    {
        while (waiting.TryPeek(out var one, out var entries) && entries <= chain.Entries)
        {
            waiting.Dequeue();
            if (entries < chain.Entries || !Convert.ToHexStringLower(chain.Value).Equals(one.Value, StringComparison.Ordinal))
            {
                return new(name, entries, last.At, $"Entries up to this one were written anew: {one.By} says otherwise");
            }
        }

        return null;
    }

    private sealed class LastEvent(EntryReader names)
    {
        public DateTimeOffset? At { get; private set; }

        public void Take(uint group, uint offset, ReadOnlySpan<byte> payload)
        {
            names.Learn(payload);
            At = names.Read(payload)?.At ?? At;
        }
    }
}
