using System.Globalization;
using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Trail;
using Microsoft.Win32.SafeHandles;

namespace Kangqiao.Audit.Index;

/// <summary>
/// What one part of the trail holds, to be found: runs on disk and the newest words in memory. It reads what the part's writer wrote, this
/// process or another; only the owner of the part writes runs. Any number of threads may call it.
/// </summary>
internal sealed class SegmentIndex : IDisposable
{
    /// <summary>So many runs of one level become one of the next.</summary>
    private const int MergeAt = 8;

    private const int MostPostings = 4_000_000;

    private readonly string folder;
    private readonly string segment;
    private readonly int runEntries;
    private readonly SafeFileHandle file;
    private readonly EntryReader names;
    private readonly Lock gate = new();
    private readonly List<Posting> recent = [];
    private readonly List<Sample> recentSamples = [];
    private readonly byte[] headBytes;
    private List<Run> runs = [];
    private bool hasNames;
    private uint learned;
    private long sampled;
    private long covered;
    private RunHead draft;

    private SegmentIndex(string folder, string segment, int runEntries, SafeFileHandle file, SegmentHead head, byte[] headBytes)
    {
        this.folder = folder;
        this.segment = segment;
        this.runEntries = runEntries;
        this.file = file;
        this.headBytes = headBytes;
        Head = head;
        names = new EntryReader(head.Opened);
    }

    public SegmentHead Head { get; }

    public string Name => segment;

    /// <summary>Of its last entry, as far as it was read.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>Events found so far.</summary>
    public long Events
    {
        get
        {
            lock (gate)
            {
                return draft.Events + runs.Sum(r => r.Head.Events);
            }
        }
    }

    /// <summary>Told of every event as it is first read from what no run covers; called by one thread at a time.</summary>
    public Action<AuditedEntry>? Heard { get; set; }

    /// <summary>Null where the part has no sound beginning: there is nothing to find in it.</summary>
    public static SegmentIndex? Open(string root, string segment, int runEntries)
    {
        var opened = File.OpenHandle(SegmentName.FileOf(root, segment), share: FileShare.ReadWrite | FileShare.Delete);
        if (SegmentHead.Read(opened, segment) is not { } read)
        {
            opened.Dispose();
            return null;
        }

        var index = new SegmentIndex(SegmentName.FolderOf(root, segment), segment, runEntries, opened, read.Head, read.Bytes);
        index.Reload();
        return index;
    }

    /// <summary>Reads what was written since.</summary>
    /// <param name="isOwner">This process may write runs for the part.</param>
    public void CatchUp(bool isOwner)
    {
        lock (gate)
        {
            if (covered >= RandomAccess.GetLength(file))
            {
                return;
            }

            LearnNames();
            var walked = SegmentReader.Walk(file, covered, null, Take);
            covered = walked.At;
            if (draft.Events < runEntries && recent.Count < MostPostings)
            {
                return;
            }

            if (isOwner)
            {
                Flush();
            }
            else if (draft.Events >= 4 * runEntries)
            {
                // Its owner has written runs meanwhile.
                recent.Clear();
                recentSamples.Clear();
                Reload();
            }
        }
    }

    /// <summary>Writes what is in memory down, and makes one run of all: the part takes no more.</summary>
    public void Close()
    {
        lock (gate)
        {
            if (draft.Events > 0 || recent.Count > 0)
            {
                Flush();
            }

            if (runs.Count > 1)
            {
                Replace(0, runs.Count);
            }
        }
    }

    /// <summary>How many entries have the key; the same entry may count more than once under several keys.</summary>
    public long Count(IReadOnlyList<ulong> keys)
    {
        lock (gate)
        {
            return keys.Sum(key => runs.Sum(r => r.Find(key) is var (first, end) ? end - first : 0) + recent.LongCount(p => p.Key == key));
        }
    }

    /// <summary>Places of entries that have any of the keys, newest first, each once.</summary>
    /// <param name="before">Only those that begin before it.</param>
    public IEnumerable<uint> Find(IReadOnlyList<ulong> keys, uint before)
    {
        var heads = new PriorityQueue<IEnumerator<uint>, long>();
        foreach (var key in keys)
        {
            var places = Find(key, before).GetEnumerator();
            if (places.MoveNext())
            {
                heads.Enqueue(places, -(long)places.Current);
            }
        }

        uint? last = null;
        while (heads.TryDequeue(out var places, out _))
        {
            if (places.Current != last)
            {
                last = places.Current;
                yield return last.Value;
            }

            if (places.MoveNext())
            {
                heads.Enqueue(places, -(long)places.Current);
            }
        }
    }

    /// <summary>Every event, newest first.</summary>
    public IEnumerable<uint> All(uint before)
    {
        var samples = Samples();
        for (var i = samples.Count - 1; i >= 0; i--)
        {
            if (samples[i].Offset >= before)
            {
                continue;
            }

            var found = Stretch(samples[i].Offset, i + 1 < samples.Count ? samples[i + 1].Offset : covered);
            for (var k = found.Count - 1; k >= 0; k--)
            {
                if (found[k] < before)
                {
                    yield return found[k];
                }
            }
        }
    }

    /// <summary>A place that all entries up to the instant lie before.</summary>
    public uint PlaceAfter(DateTimeOffset instant)
    {
        var due = (long)(instant - Head.Opened).TotalMilliseconds;
        var samples = Samples();
        var (low, high) = (0, samples.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = samples[middle].Milliseconds <= due ? (middle + 1, high) : (low, middle);
        }

        return low < samples.Count ? samples[low].Offset : uint.MaxValue;
    }

    /// <summary>Null where there is no event.</summary>
    public AuditedEntry? Read(uint offset)
    {
        var payload = SegmentReader.One(file, offset);
        lock (gate)
        {
            LearnNames();
            return payload is not null && names.Read(payload) is { } read ? new(new(segment, offset), read.At, read.Entry) : null;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var run in runs)
            {
                run.Dispose();
            }

            runs = [];
            file.Dispose();
        }
    }

    private static (long From, long To)? Stretch(string path)
    {
        var parts = Path.GetFileNameWithoutExtension(path).Split('.')[^1].Split('-');
        return parts is [var from, var to] && long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var a)
            && long.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var b) ? (a, b) : null;
    }

    /// <summary>The runs there are, without gap from the beginning; longer ones before those that they were made of.</summary>
    private void Reload()
    {
        covered = headBytes.Length;
        LastAt = Head.Opened;
        runs = [];
        var there = Directory.EnumerateFiles(folder, segment + ".*" + SegmentName.RunExtension)
            .Select(path => (Path: path, Stretch: Stretch(path))).Where(r => r.Stretch is not null)
            .OrderBy(r => r.Stretch!.Value.From).ThenByDescending(r => r.Stretch!.Value.To).ToList();
        foreach (var (path, stretch) in there)
        {
            if (stretch!.Value.From == covered && Run.Open(path) is { } run)
            {
                runs.Add(run);
                covered = stretch.Value.To;
                LastAt = Head.Opened.AddMilliseconds(run.Head.LastMilliseconds);
            }
        }

        draft = Fresh();
    }

    private RunHead Fresh()
    {
        sampled = 0;
        return new() { Magic = RunHead.RightMagic, From = covered, FirstMilliseconds = -1 };
    }

    private void Take(uint group, uint offset, ReadOnlySpan<byte> payload)
    {
        // What was read before the runs of another process were taken in is known already.
        var isNews = offset > learned;
        learned = Math.Max(learned, offset);
        if (EntryReader.IsName(payload))
        {
            if (isNews)
            {
                names.Learn(payload);
            }

            recent.Add(new(Keys.Name, offset));
            return;
        }

        if (names.Read(payload) is not { } read)
        {
            return;
        }

        var milliseconds = (long)(read.At - Head.Opened).TotalMilliseconds;
        if (recentSamples.Count == 0 || (recentSamples[^1].Offset != group && draft.Events - sampled >= Sample.Every))
        {
            recentSamples.Add(new(milliseconds, group));
            sampled = draft.Events;
        }

        draft = draft with
        {
            Events = draft.Events + 1,
            FirstMilliseconds = draft.FirstMilliseconds < 0 ? milliseconds : draft.FirstMilliseconds,
            LastMilliseconds = milliseconds,
        };
        LastAt = read.At;
        foreach (var key in KeysOf(read.Entry))
        {
            recent.Add(new(key, offset));
        }

        if (isNews)
        {
            Heard?.Invoke(new(new(segment, offset), read.At, read.Entry));
        }
    }

    private static IEnumerable<ulong> KeysOf(AuditEntry entry)
    {
        var actor = entry.Actor;
        foreach (var patient in entry.Patients)
        {
            yield return Keys.Patient(patient);
        }

        foreach (var name in (string?[])[actor.User, actor.Practitioner is { } p ? "Practitioner/" + p : null, actor.Resident is { } r ? "Person/" + r : null, actor.Client])
        {
            if (name is not null)
            {
                yield return Keys.Actor(name);
            }
        }

        if (actor.Institution is { } institution)
        {
            yield return Keys.Institution(institution);
        }

        if (entry.Action is not (AuditAction.Read or AuditAction.VersionRead or AuditAction.Search))
        {
            yield return Keys.Action(entry.Action);
        }

        if (entry.Outcome != AuditOutcome.Success)
        {
            yield return Keys.Refused;
        }
    }

    // The texts and actors of the stretch that runs cover.
    private void LearnNames()
    {
        if (hasNames)
        {
            return;
        }

        hasNames = true;
        var some = new Posting[1024];
        foreach (var run in runs)
        {
            var (at, end) = run.Find(Keys.Name);
            while (at < end)
            {
                var count = (int)Math.Min(run.Read(at, some), end - at);
                at += count;
                for (var i = 0; i < count; i++)
                {
                    names.Learn(SegmentReader.One(file, some[i].Offset));
                }
            }
        }
    }

    private void Flush()
    {
        runs.Add(RunWriter.Write(folder, segment, draft with { To = covered }, recent, recentSamples));
        recent.Clear();
        recentSamples.Clear();
        draft = Fresh();
        for (var level = 0; runs.Count(r => r.Head.Level == level) >= MergeAt; level++)
        {
            var first = runs.FindIndex(r => r.Head.Level == level);
            Replace(first, runs.Count(r => r.Head.Level == level));
        }
    }

    private void Replace(int first, int count)
    {
        var old = runs.GetRange(first, count);
        var merged = RunWriter.Merge(folder, segment, old);
        runs = [.. runs[..first], merged, .. runs[(first + count)..]];

        // Readers that are on their way keep the old ones open.
        foreach (var run in old)
        {
            File.Delete(run.Path);
        }
    }

    private IEnumerable<uint> Find(ulong key, uint before)
    {
        uint[] newest;
        List<Run> older;
        lock (gate)
        {
            newest = [.. from posting in recent where posting.Key == key && posting.Offset < before select posting.Offset];
            older = runs;
        }

        for (var i = newest.Length - 1; i >= 0; i--)
        {
            yield return newest[i];
        }

        var some = new Posting[Run.Block];
        for (var i = older.Count - 1; i >= 0; i--)
        {
            var run = older[i];
            if (run.Head.From >= before)
            {
                continue;
            }

            var (first, end) = run.Find(key);
            end = first < end && before < run.Head.To ? Math.Min(end, run.Bound(new(key, before))) : end;
            while (end > first)
            {
                var from = Math.Max(first, end - some.Length);
                var count = (int)Math.Min(run.Read(from, some), end - from);
                for (var k = count - 1; k >= 0; k--)
                {
                    yield return some[k].Offset;
                }

                end = from;
            }
        }
    }

    private List<Sample> Samples()
    {
        lock (gate)
        {
            return [.. runs.SelectMany(r => r.Samples), .. recentSamples];
        }
    }

    /// <summary>Where events begin, from one group to another.</summary>
    private List<uint> Stretch(uint from, long to)
    {
        var found = new List<uint>(Sample.Every);
        SegmentReader.Walk(
            file,
            from,
            null,
            (_, offset, payload) =>
            {
                if (payload[0] == EntryForm.Event)
                {
                    found.Add(offset);
                }
            },
            to: to);
        return found;
    }
}
