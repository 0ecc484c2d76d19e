using System.Runtime.InteropServices;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Postgres.Reading;
using Npgsql;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// What a transaction has in mind: its records as they will be, and the rows that make them so. Written in a few statements,
/// at the end or whenever a search has to see it.
/// </summary>
/// <param name="isSpread">Keys are found through the locator.</param>
internal sealed class Draft(bool isSpread, short writer)
{
    // The sequence belongs to one record only, so the three conditions together are exact. Place narrows it to the shards concerned.
    private const string Drop = "DELETE FROM store.record WHERE number = ANY($1) AND place = ANY($2) AND seq = ANY($3) RETURNING number, identities, late, x";
    private const string Told = "UPDATE store.record SET told = $4 WHERE number = ANY($1) AND place = ANY($2) AND seq = ANY($3)";
    private const string DropIdentities = "DELETE FROM store.identity WHERE high = ANY($1) AND number = ANY($2)";

    private readonly Dictionary<RecordKey, WorkRow> rows = [];
    private readonly Dictionary<long, short> ordinals = [];
    private readonly Dictionary<Identity, HashSet<long>> watched = [];
    private readonly Dictionary<short, (long Live, long Deleted, long Versions)> tally = [];
    private readonly CopyRows records = new(
        "store.record", "number, h, seq, g, shard, version, flags, place, n, type, kind, sender, slot, id, identities, x, t, told, late");

    private readonly CopyRows versions = new("store.version", "seq, number, g, version, flags, place, type, kind, sender, slot, told");
    private readonly CopyRows bodies = new("store.body", "g, place, data");
    private readonly CopyRows identities = new("store.identity", "high, low, number");
    private readonly CopyRows locators = new("store.locator", "h, n, place, number");
    private readonly CopyRows chunks = new("store.chunk", "w, first, wide");
    private readonly List<WorkRow> advanced = [];
    private bool hasGivenKeys;

    public HitsWriter Hits { get; } = new(writer);

    public BodyShelf Shelf { get; } = new();

    public IReadOnlyDictionary<short, (long Live, long Deleted, long Versions)> Tallies => tally;

    public void Clear()
    {
        rows.Clear();
        ordinals.Clear();
        watched.Clear();
        advanced.Clear();
        tally.Clear();
        Shelf.Clear();
        hasGivenKeys = false;
        foreach (var table in (ReadOnlySpan<CopyRows>)[records, versions, bodies, identities, locators, chunks])
        {
            table.Clear();
        }
    }

    public WorkRow this[RecordKey key]
    {
        get
        {
            ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(rows, key, out _);
            return row ??= new();
        }
    }

    /// <summary>Takes a row as the database has it.</summary>
    /// <param name="chunk">In which its terms are.</param>
    public void Load(RecordRow row, byte[] identities, ChunkNames chunk, Names names)
    {
        ref var next = ref CollectionsMarshal.GetValueRefOrAddDefault(ordinals, row.Hash, out _);
        next = Math.Max(next, (short)(row.Ordinal + 1));
        if (names.Known(row.Type) is not null)
        {
            rows[row.Key(names)] = new() { Row = row, Stored = row.Sequence, StoredLate = row.InHistory, Identities = identities, Chunk = chunk };
        }
    }

    /// <summary>How many keys with that hash there were before.</summary>
    public short NextOrdinal(long hash)
    {
        ref var next = ref CollectionsMarshal.GetValueRefOrAddDefault(ordinals, hash, out _);
        return next++;
    }

    /// <summary>Keeps in mind who carries an identity from now on.</summary>
    public HashSet<long> Watch(Identity identity)
    {
        ref var carriers = ref CollectionsMarshal.GetValueRefOrAddDefault(watched, identity, out _);
        return carriers ??= [];
    }

    /// <summary>A new record has an id that others may be giving too, and not one of our making.</summary>
    public void GiveKey() => hasGivenKeys = true;

    public void AddChunk(short writer, ChunkNames chunk) => chunks.Row().Add(writer).Add(chunk.Chunk).Add(chunk.Wide);

    /// <summary>Keeps a version that another takes the place of.</summary>
    public void AddVersion(RecordRow row) => versions.Row()
        .Add(row.Sequence).Add(row.Number).Add(row.Group).Add(row.Version).Add(row.Flags).Add(row.Place).Add(row.Type)
        .Add(row.Kind).Add(row.Sender).Add(row.Slot).Add(row.Told);

    /// <summary>Nothing of the record is new but the instant at which its source made it.</summary>
    public void Advance(WorkRow row) => advanced.Add(row);

    public void AddGroup(long group, short place, byte[] packed) => bodies.Row().Add(group).Add(place).Add(packed);

    public void SetIdentities(WorkRow row, byte[] to)
    {
        if (watched.Count > 0)
        {
            foreach (var identity in PreparedRequest.Identities(row.Identities))
            {
                if (watched.TryGetValue(identity, out var carriers))
                {
                    carriers.Remove(row.Row.Number);
                }
            }

            foreach (var identity in PreparedRequest.Identities(to))
            {
                if (watched.TryGetValue(identity, out var carriers))
                {
                    carriers.Add(row.Row.Number);
                }
            }
        }

        row.Identities = to;
    }

    public void Tally(short type, long live, long deleted, long versions)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(tally, type, out _);
        sum = (sum.Live + live, sum.Deleted + deleted, sum.Versions + versions);
    }

    /// <summary>Writes into the transaction what is new since the last time.</summary>
    /// <exception cref="LostRace">Another transaction has changed one of the records.</exception>
    public async Task WriteAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await AdvanceAsync(connection, cancel);
        var changed = rows.Values.Where(row => row.IsChanged).ToArray();
        await DropAsync(connection, Array.FindAll(changed, row => row.Stored != 0), cancel);

        // By number, so that table and index grow at their ends. But where ids are given, in the order of their unique key: two
        // transactions that make the same records then wait for each other in one direction only.
        Array.Sort(changed, hasGivenKeys ? (a, b) => a.Row.Hash.CompareTo(b.Row.Hash) : (a, b) => a.Row.Number.CompareTo(b.Row.Number));
        foreach (var work in changed)
        {
            Add(work);
        }

        Shelf.MoveTo(bodies);
        foreach (var table in (CopyRows[])[locators, records, versions, bodies, identities, chunks])
        {
            await table.SendAsync(connection, cancel);
        }

        foreach (var work in changed)
        {
            work.Stored = work.Row.Sequence;
            work.StoredLate = work.Row.InHistory;
            work.IsChanged = false;
        }
    }

    /// <summary>One statement an instant: records sent again together were mostly made together.</summary>
    private async Task AdvanceAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        // What is written anew brings its instant with it.
        foreach (var group in advanced.Where(row => !row.IsChanged).Distinct().GroupBy(row => row.Row.Told))
        {
            var told = group.ToArray();
            var reached = await connection.Command(Told).With(Array.ConvertAll(told, work => work.Row.Number))
                .With(told.Select(work => work.Row.Place).Distinct().ToArray()).With(Array.ConvertAll(told, work => work.Stored)).With(group.Key).RunAsync(cancel);
            if (reached != told.Length)
            {
                throw new LostRace();
            }
        }

        advanced.Clear();
    }

    private async Task DropAsync(NpgsqlConnection connection, WorkRow[] stored, CancellationToken cancel)
    {
        if (stored.Length == 0)
        {
            return;
        }

        var numbers = Array.ConvertAll(stored, work => work.Row.Number);
        var dropped = await connection.Command(Drop).With(numbers).With(stored.Select(work => work.Row.Place).Distinct().ToArray())
            .With(Array.ConvertAll(stored, work => work.Stored)).RowsAsync(row => (Number: row.GetInt64(0), Identities: row.GetFieldValue<byte[]>(1), Late: row.GetInt16(2), Terms: row.GetFieldValue<long[]>(3)), cancel);

        // A version that came late leaves the sequence as it is: the count of them tells.
        var late = stored.ToDictionary(work => work.Row.Number, work => work.StoredLate);
        if (dropped.Count != stored.Length || dropped.Exists(d => late[d.Number] != d.Late))
        {
            throw new LostRace();
        }

        var highs = new HashSet<long>();
        foreach (var (_, bytes, _, terms) in dropped)
        {
            Hits.Add(terms, -1);
            foreach (var identity in PreparedRequest.Identities(bytes))
            {
                highs.Add(identity.High);
            }
        }

        if (highs.Count > 0)
        {
            await connection.Command(DropIdentities).With(highs.ToArray()).With(numbers).RunAsync(cancel);
        }
    }

    private void Add(WorkRow work)
    {
        var row = work.Row;
        records.Row()
            .Add(row.Number).Add(row.Hash).Add(row.Sequence).Add(row.Group).Add(row.Shard).Add(row.Version).Add(row.Flags).Add(row.Place)
            .Add(row.Ordinal).Add(row.Type).Add(row.Kind).Add(row.Sender).Add(row.Slot).Add(row.Id).Add(work.Identities)
            .Add(work.Terms, Moment.InstantOf(row.Sequence), work.Chunk).Add(row.Told).Add(row.InHistory);
        Hits.Add(work.Terms.Whole, 1);
        if (isSpread && work.Stored == 0)
        {
            locators.Row().Add(row.Hash).Add(row.Ordinal).Add(row.Place).Add(row.Number);
        }

        foreach (var identity in PreparedRequest.Identities(work.Identities))
        {
            identities.Row().Add(identity.High).Add(identity.Low).Add(row.Number);
        }
    }
}
