using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Trail;

namespace Kangqiao.Audit.Index;

/// <summary>
/// Finds entries of the whole trail, whichever process wrote them. The cost is that of the page, not of the trail. What was written before the
/// call is found by it. Any number of threads may call it.
/// </summary>
public sealed class TrailIndex : IDisposable
{
    /// <summary>Entries looked at for one page; then it is given as it is.</summary>
    private const int MostLookedAt = 20_000;

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private readonly AuditOptions options;
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, SegmentIndex> parts = new(StringComparer.Ordinal);
    private readonly HashSet<string> finished = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stop = new();
    private readonly Task work;
    private string? own;
    private Action<AuditedEntry>? heard;

    /// <param name="options">Of the trail.</param>
    /// <param name="isWorking">Reads along in the background, and completes what killed processes left.</param>
    internal TrailIndex(AuditOptions options, bool isWorking = true)
    {
        this.options = options;
        work = isWorking ? Task.Run(WorkAsync) : Task.CompletedTask;
    }

    /// <summary>Has somebody told of every entry that this process writes from here on, as the index reads it: soon after, in order.</summary>
    internal void Hear(Action<AuditedEntry> listener)
    {
        lock (gate)
        {
            heard = listener;
            foreach (var part in parts.Values)
            {
                part.Heard = part.Name == own ? listener : null;
            }
        }
    }

    public AuditPage Search(AuditQuery query)
    {
        var cursors = Cursors(query);
        var entries = new List<AuditedEntry>();
        var looked = 0;
        var total = TotalOf(query, cursors);
        var heads = new PriorityQueue<Cursor, (long, string, long)>();
        var waiting = new Queue<Cursor>(cursors.OrderByDescending(c => c.Part.LastAt).ThenByDescending(c => c.Part.Name, StringComparer.Ordinal));
        AuditPlace? last = null;
        while (entries.Count < query.Limit)
        {
            // A part joins when it may hold something newer than the newest so far.
            while (waiting.TryPeek(out var next) && (!heads.TryPeek(out _, out var newest) || next.Part.LastAt.UtcTicks >= -newest.Item1))
            {
                waiting.Dequeue();
                Push(next);
            }

            if (!heads.TryDequeue(out var cursor, out _))
            {
                return new(entries, waiting.Count > 0 ? last : null, total);
            }

            last = cursor.Current!.Place;
            if (cursor.IsMatch)
            {
                entries.Add(cursor.Current);
            }

            if (looked > MostLookedAt)
            {
                return new(entries, last, total);
            }

            Push(cursor);
        }

        return new(entries, heads.Count > 0 || waiting.Count > 0 ? last : null, total);

        void Push(Cursor cursor)
        {
            if (cursor.Next(ref looked, MostLookedAt))
            {
                heads.Enqueue(cursor, (-cursor.Current!.At.UtcTicks, Reversed(cursor.Part.Name), -(long)cursor.Current.Place.Offset));
            }
        }
    }

    /// <summary>Null where there is none.</summary>
    public AuditedEntry? Read(AuditPlace place)
    {
        foreach (var part in Fresh())
        {
            if (part.Name == place.Segment)
            {
                return part.Read(place.Offset);
            }
        }

        return null;
    }

    /// <summary>Events in the trail.</summary>
    public long Count() => Fresh().Sum(p => p.Events);

    public void Dispose()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        stop.Cancel();
        work.Wait();
        lock (gate)
        {
            foreach (var part in parts.Values)
            {
                part.Dispose();
            }

            parts.Clear();
        }
    }

    /// <summary>The part that this process writes now; the one before takes no more.</summary>
    internal void Own(string segment)
    {
        lock (gate)
        {
            own = segment;
        }
    }

    /// <summary>Parts that were deleted are no more looked into.</summary>
    internal void Forget(string segment)
    {
        lock (gate)
        {
            if (parts.Remove(segment, out var part))
            {
                part.Dispose();
            }
        }
    }

    /// <summary>Takes in what was written, by this process and others; completes what nobody writes any more.</summary>
    internal void Work()
    {
        foreach (var part in Fresh())
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            bool isOwn;
            lock (gate)
            {
                isOwn = part.Name == own;
                if (finished.Contains(part.Name))
                {
                    continue;
                }
            }

            if (!isOwn && Abandoned(part.Name) is { } ownership)
            {
                using (ownership)
                {
                    part.CatchUp(isOwner: true);
                    part.Close();
                }

                lock (gate)
                {
                    finished.Add(part.Name);
                }
            }
        }
    }

    /// <summary>All parts, as far as they are written at this moment.</summary>
    private List<SegmentIndex> Fresh()
    {
        List<SegmentIndex> all;
        string? mine;
        lock (gate)
        {
            foreach (var name in SegmentName.All(options.Root))
            {
                if (!parts.ContainsKey(name) && SegmentIndex.Open(options.Root, name, options.RunEntries) is { } part)
                {
                    part.Heard = name == own ? heard : null;
                    parts.Add(name, part);
                }
            }

            all = [.. parts.Values];
            mine = own;
        }

        foreach (var part in all)
        {
            part.CatchUp(isOwner: part.Name == mine);
        }

        return all;
    }

    private List<Cursor> Cursors(AuditQuery query)
    {
        var cursors = new List<Cursor>();
        foreach (var part in Fresh())
        {
            if ((query.Until is null || part.Head.Opened < query.Until) && (query.From is null || part.LastAt >= query.From))
            {
                cursors.Add(new Cursor(part, query, After(query)));
            }
        }

        return cursors;
    }

    private AuditedEntry? After(AuditQuery query)
    {
        lock (gate)
        {
            return query.After is { } place && parts.TryGetValue(place.Segment, out var part) ? part.Read(place.Offset) : null;
        }
    }

    // One key and nothing else: its count is the answer.
    private static long? TotalOf(AuditQuery query, List<Cursor> cursors) => query is { From: null, Until: null, After: null, Record: null, Outcome: null, Actions.Count: 0 }
        && (query.Patients.Count == 1 ? 1 : query.Patients.Count > 1 ? 2 : 0) + (query.Actor is null ? 0 : 1) + (query.Institution is null ? 0 : 1) is var keys and < 2
            ? cursors.Sum(c => keys == 0 ? c.Part.Events : c.Count)
            : null;

    // Of parts that have entries of one instant, the later part comes first.
    private static string Reversed(string name) => string.Create(name.Length, name, (span, text) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = (char)(char.MaxValue - text[i]);
        }
    });

    private FileStream? Abandoned(string segment)
    {
        try
        {
            return new FileStream(SegmentName.FileOf(options.Root, segment, SegmentName.LockExtension), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    Work();
                }
                catch (IOException)
                {
                    // The index can be made again; the next look tries.
                }

                await Task.Delay(Rest, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    /// <summary>The matches of one part, newest first.</summary>
    private sealed class Cursor
    {
        private readonly AuditQuery query;
        private readonly AuditedEntry? after;
        private readonly IEnumerator<uint> places;

        public Cursor(SegmentIndex part, AuditQuery query, AuditedEntry? after)
        {
            Part = part;
            this.query = query;
            this.after = after;
            var before = query.Until is { } until ? part.PlaceAfter(until) : uint.MaxValue;
            before = after is null ? before : Math.Min(before, after.Place.Segment == part.Name ? after.Place.Offset : part.PlaceAfter(after.At));
            var keys = Groups(query).Select(g => (Keys: g, Count: part.Count(g))).OrderBy(g => g.Count).FirstOrDefault();
            Count = keys.Count;
            places = (keys.Keys is null ? part.All(before) : part.Find(keys.Keys, before)).GetEnumerator();
        }

        public SegmentIndex Part { get; }

        public long Count { get; }

        public AuditedEntry? Current { get; private set; }

        public bool IsMatch { get; private set; }

        /// <summary>The next match; or, when as much was looked at as may be, where that was.</summary>
        public bool Next(ref int looked, int most)
        {
            while (places.MoveNext())
            {
                if (Part.Read(places.Current) is not { } entry || (after is not null && IsBefore(entry)))
                {
                    continue;
                }

                if (query.From is { } from && entry.At < from)
                {
                    return false;
                }

                Current = entry;
                IsMatch = query.Matches(entry);
                if (IsMatch || ++looked > most)
                {
                    return true;
                }
            }

            return false;
        }

        // In the order of pages: what the page before has shown already.
        private bool IsBefore(AuditedEntry entry) =>
            (after!.At, entry.Place.Segment != after.Place.Segment, string.CompareOrdinal(after.Place.Segment, entry.Place.Segment)) is var (at, isOther, order)
            && (entry.At > at || (entry.At == at && (isOther ? order < 0 : entry.Place.Offset >= after.Place.Offset)));

        private static IEnumerable<IReadOnlyList<ulong>> Groups(AuditQuery query)
        {
            if (query.Patients.Count > 0)
            {
                yield return [.. query.Patients.Distinct(StringComparer.Ordinal).Select(Keys.Patient)];
            }

            if (query.Actor is { } actor)
            {
                yield return [Keys.Actor(actor)];
            }

            if (query.Institution is { } institution)
            {
                yield return [Keys.Institution(institution)];
            }

            if (query.Actions.Count > 0 && query.Actions.All(a => a is not (AuditAction.Read or AuditAction.VersionRead or AuditAction.Search)))
            {
                yield return [.. query.Actions.Select(Keys.Action)];
            }

            if (query.Outcome is AuditOutcome.Refused or AuditOutcome.Failed)
            {
                yield return [Keys.Refused];
            }
        }
    }
}
