using Kangqiao.Kernel;
using Kangqiao.Ledger;

namespace Kangqiao.Ingest.Codes;

/// <summary>
/// Collects codes that map to nothing, by sender and frequency. Batches are counted in memory and kept every two seconds, and when the
/// door closes: a kill may lose the counts of the last two seconds, never a code that is still in use.
/// </summary>
internal sealed class LocalCodes(LedgerStore ledger, TimeProvider time) : IAsyncDisposable
{
    private const int MostPending = 20_000;
    private const int MostPlaces = 12;
    private const int Chunk = 500;

    /// <summary>Distinct codes of one sender that are kept: a table of more is no table but free text.</summary>
    private const int MostOfSender = 50_000;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim keeping = new(1);
    private readonly Dictionary<string, long> known = new(StringComparer.Ordinal);
    private Dictionary<(string Sender, string System, string Code), Tally> pending = [];

    /// <summary>Counts what a batch has brought.</summary>
    public async ValueTask AddAsync(IEnumerable<(string Sender, IReadOnlyList<SeenCode> Codes)> batch, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        bool isFull;
        lock (gate)
        {
            foreach (var (sender, codes) in batch)
            {
                foreach (var seen in codes)
                {
                    var key = (sender, seen.System, seen.Code);
                    if (!pending.TryGetValue(key, out var tally))
                    {
                        pending[key] = tally = new Tally(now);
                    }

                    tally.Count++;
                    tally.Last = now;
                    tally.Display = seen.Display ?? tally.Display;
                    tally.Places.Add(seen.Place);
                }
            }

            isFull = pending.Count >= MostPending;
        }

        if (isFull)
        {
            await KeepAsync(cancel);
        }
    }

    /// <summary>Keeps what has been counted.</summary>
    public async ValueTask<Problem?> KeepAsync(CancellationToken cancel)
    {
        await keeping.WaitAsync(cancel);
        try
        {
            Dictionary<(string Sender, string System, string Code), Tally> counted;
            lock (gate)
            {
                if (pending.Count == 0)
                {
                    return null;
                }

                (counted, pending) = (pending, []);
            }

            foreach (var chunk in counted.Chunk(Chunk))
            {
                if (await KeepAsync(chunk, cancel) is { } problem)
                {
                    Back(counted);
                    return problem;
                }

                foreach (var (key, _) in chunk)
                {
                    counted.Remove(key);
                }
            }

            return null;
        }
        finally
        {
            keeping.Release();
        }
    }

    /// <summary>All of a sender (of all senders: null), those that are said most first.</summary>
    public async ValueTask<Outcome<IReadOnlyList<LocalCode>>> ListAsync(string? sender, string? state, int most, CancellationToken cancel)
    {
        if (await KeepAsync(cancel) is { } failed)
        {
            return failed;
        }

        var labels = new List<LedgerLabel>();
        if (sender is not null)
        {
            labels.Add(new LedgerLabel('s', sender));
        }

        if (state is not null)
        {
            labels.Add(new LedgerLabel('w', state));
        }

        var all = new List<LocalCode>();
        long? after = null;
        do
        {
            if (!(await ledger.FindAsync(LocalCode.Kind, labels, 1_000, after, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            all.AddRange(page.Documents.Select(d => d.As<LocalCode>()));
            after = page.Next;
        }
        while (after is not null && all.Count < 2 * MostOfSender);
        return all.OrderByDescending(c => c.Count).ThenBy(c => c.Code, StringComparer.Ordinal).Take(most).ToArray();
    }

    public async ValueTask<Outcome<LocalCode?>> FindAsync(string sender, string system, string code, CancellationToken cancel)
    {
        if (await KeepAsync(cancel) is { } failed)
        {
            return failed;
        }

        return (await ledger.ReadAsync(LocalCode.KeyOf(LocalCode.IdOf(sender, system, code)), cancel)).Then<LocalCode?>(d => d?.As<LocalCode>());
    }

    /// <summary>Notes whether a code is mapped now.</summary>
    public async ValueTask<Problem?> MarkAsync(string sender, string system, string code, bool isMapped, CancellationToken cancel)
    {
        var key = LocalCode.KeyOf(LocalCode.IdOf(sender, system, code));
        if (await KeepAsync(cancel) is { } failed)
        {
            return failed;
        }

        while (true)
        {
            if (!(await ledger.ReadAsync(key, cancel)).Try(out var document, out var problem))
            {
                return problem;
            }

            if (document is null)
            {
                return null;
            }

            var put = await ledger.PutAsync((document.As<LocalCode>() with { IsMapped = isMapped }).ToPage(document.Version), cancel);
            if (put.Problem is not { Kind: ProblemKind.PreconditionFailed or ProblemKind.Conflict })
            {
                return put.Problem;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KeepAsync(CancellationToken.None);
        keeping.Dispose();
    }

    private async ValueTask<Problem?> KeepAsync(KeyValuePair<(string Sender, string System, string Code), Tally>[] chunk, CancellationToken cancel)
    {
        // Another server of the city counts too: what it wrote meanwhile is read again.
        while (true)
        {
            if (!(await ledger.ReadAsync([.. chunk.Select(c => LocalCode.KeyOf(IdOf(c.Key)))], cancel)).Try(out var documents, out var problem))
            {
                return problem;
            }

            var pages = new List<LedgerPage>();
            var added = new Dictionary<string, long>(StringComparer.Ordinal);
            for (var i = 0; i < chunk.Length; i++)
            {
                var ((sender, system, code), tally) = chunk[i];
                if (documents[i] is { } document)
                {
                    var before = document.As<LocalCode>();
                    pages.Add((before with
                    {
                        Display = tally.Display ?? before.Display,
                        Count = before.Count + tally.Count,
                        Last = tally.Last,
                        Places = [.. before.Places.Union(tally.Places).Take(MostPlaces)],
                    }).ToPage(document.Version));
                }
                else if (await HasRoomAsync(sender, added, cancel))
                {
                    pages.Add(new LocalCode(sender, system, code, tally.Display, tally.Count, tally.First, tally.Last)
                    {
                        Places = [.. tally.Places.Take(MostPlaces)],
                    }.ToPage(0));
                }
            }

            if (pages.Count == 0)
            {
                return null;
            }

            problem = (await ledger.PutAsync(pages, cancel)).Problem;
            if (problem is null)
            {
                foreach (var (sender, count) in added)
                {
                    known[sender] += count;
                }

                return null;
            }

            if (problem.Kind is not (ProblemKind.PreconditionFailed or ProblemKind.Conflict))
            {
                return problem;
            }
        }
    }

    private async ValueTask<bool> HasRoomAsync(string sender, Dictionary<string, long> added, CancellationToken cancel)
    {
        if (!known.TryGetValue(sender, out var count))
        {
            if (!(await ledger.CountAsync(LocalCode.Kind, [new LedgerLabel('s', sender)], cancel)).Try(out count, out _))
            {
                return false;
            }

            known[sender] = count;
        }

        var more = added.GetValueOrDefault(sender) + 1;
        if (count + more > MostOfSender)
        {
            return false;
        }

        added[sender] = more;
        return true;
    }

    /// <summary>What could not be kept is counted on with what came meanwhile.</summary>
    private void Back(Dictionary<(string Sender, string System, string Code), Tally> counted)
    {
        lock (gate)
        {
            foreach (var (key, tally) in counted)
            {
                if (pending.TryGetValue(key, out var later))
                {
                    later.Count += tally.Count;
                }
                else if (pending.Count < 2 * MostPending)
                {
                    pending[key] = tally;
                }
            }
        }
    }

    private static string IdOf((string Sender, string System, string Code) key) => LocalCode.IdOf(key.Sender, key.System, key.Code);

    private sealed class Tally(DateTimeOffset first)
    {
        public DateTimeOffset First { get; } = first;

        public DateTimeOffset Last { get; set; } = first;

        public long Count { get; set; }

        public string? Display { get; set; }

        public HashSet<string> Places { get; } = new(StringComparer.Ordinal);
    }
}
