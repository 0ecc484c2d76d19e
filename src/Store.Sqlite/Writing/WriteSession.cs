using System.Runtime.InteropServices;
using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Sqlite.Binding;
using Kangqiao.Store.Sqlite.Reading;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store.Sqlite.Writing;

/// <summary>
/// One transaction after another on the writer's connection. Each holds many requests; a request is planned whole before
/// its first row is written, so a refused one leaves nothing to undo and its neighbours never notice.
/// </summary>
internal sealed class WriteSession
{
    private static readonly TimeSpan ExpectationPatience = TimeSpan.FromSeconds(1);

    private readonly WriterTables tables;
    private readonly SmallTables small;
    private readonly Eraser eraser;
    private readonly Tidier tidier;
    private readonly Action purged;
    private bool hasPurged;
    private readonly BodyShelf bodies;
    private readonly TermShelf terms;
    private readonly Searcher searcher;
    private readonly TimeProvider time;
    private readonly Dictionary<string, long> names = [];
    private readonly Names texts = new();
    private readonly Dictionary<long, (long Live, long Deleted, long Versions)> tally = [];
    private readonly List<Plan> plans = [];
    private readonly List<long> found = [];
    private long number;
    private long sequence;
    private long instant;
    private long sender;
    private string senderText = "\0";

    /// <param name="purged">Called when a purge is committed: what others remember of it has to be forgotten.</param>
    public WriteSession(Database database, TimeProvider time, Action purged)
    {
        this.purged = purged;
        Database = database;
        this.time = time;
        tables = new(database);
        small = new(database);
        eraser = new(database);
        bodies = new(tables);
        terms = new(tables);
        Tables = new(database, texts);
        searcher = new(database, new(database, texts, cache: null));
        tidier = new(database);
    }

    private enum Act
    {
        Create,
        Update,
        Delete,
        Purge,
        Reindex,
        Nothing,
        Late,
        Advance,
    }

    private readonly record struct Plan(Act Act, RecordRow Row);

    public Database Database { get; }

    public TableReader Tables { get; }

    /// <summary>The instant of this transaction.</summary>
    public DateTimeOffset Instant => DateTimeOffset.FromUnixTimeMilliseconds(instant);

    /// <summary>The last sequence given.</summary>
    public long Sequence => sequence;

    /// <summary>A purge has left terms in the inverted index that only a merge of it erases.</summary>
    public bool IsErasingDue => eraser.IsDue;

    /// <summary>Erases a little more of what purges left: a transaction of its own, and a short one.</summary>
    public void Erase() => eraser.Step();

    /// <summary>The inverted index has runs worth merging.</summary>
    public bool IsTidyingDue => tidier.IsDue;

    /// <summary>Merges a little: a transaction of its own, and a short one.</summary>
    public void Tidy()
    {
        eraser.EndSecure();
        tidier.Step();
    }

    /// <summary>Not again before the next write.</summary>
    public void StopTidying() => tidier.GiveUp();

    public void Begin()
    {
        eraser.EndSecure();
        Database.Run("BEGIN IMMEDIATE");
        (number, sequence, var group) = tables.Ends();
        // The clock may have been set back; instants never go back (the feed and _lastUpdated rely on it).
        instant = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (sequence > 0)
        {
            instant = Math.Max(instant, tables.FindVersion(sequence).At);
        }

        bodies.Open(group);
        terms.Open();
        tally.Clear();
    }

    /// <summary>When this returns, everything since <see cref="Begin"/> is durable.</summary>
    public void Commit()
    {
        bodies.Write();
        terms.Write();
        foreach (var (type, change) in tally)
        {
            tables.AddTally(type, change.Live, change.Deleted, change.Versions);
        }

        Database.Run("COMMIT");
        tidier.Ask();
        if (hasPurged)
        {
            purged();
            hasPurged = false;
        }
    }

    public void Rollback()
    {
        hasPurged = false;
        Database.ResetAll();
        try
        {
            Database.Run("ROLLBACK");
        }
        catch (SqliteFailure)
        {
            // A full disk makes SQLite roll back by itself: nothing is left to roll back. Should a failing disk have kept
            // the transaction open, the next BEGIN fails, and its caller is told.
        }

        names.Clear();
        texts.Clear();
        senderText = "\0";
    }

    public void MoveFollower(string name, ChangeCursor to) => small.MoveFollower(name, to);

    public void AddParameterCode((string Type, string Parameter) of, long code) => small.AddParameterCode(of, code);

    public Job AddJob(Job job)
    {
        small.AddJob(job);
        return job;
    }

    public Job Save(Job job)
    {
        var saved = job with { UpdatedAt = Instant };
        small.SaveJob(saved);
        return saved;
    }

    public void RemoveJob(string id) => small.RemoveJob(id);

    public Outcome<WriteReceipt> Apply(WriteRequest request, PackedBodies packed)
    {
        if (CheckExpectations(request) is { } changed)
        {
            return changed;
        }

        plans.Clear();
        foreach (var operation in request.Operations)
        {
            if (Decide(operation) is { } refused)
            {
                return refused;
            }
        }

        var receipts = new OperationReceipt[plans.Count];
        var put = 0;
        var shelved = default(PackedBodies.Place);
        for (var i = 0; i < receipts.Length; i++)
        {
            switch (request.Operations[i])
            {
                case WriteOperation.Put { Record: var record, SourceInstant: var told }:
                    if (packed.StartsAt(put) is { } start)
                    {
                        shelved = Shelve(packed, start, request.Operations, i);
                    }

                    receipts[i] = Put(record, told, plans[i], shelved.Next());
                    put++;
                    break;
                case WriteOperation.Delete delete:
                    receipts[i] = Delete(delete, plans[i]);
                    break;
                case WriteOperation.Reindex reindex:
                    receipts[i] = Reindex(reindex.Record, plans[i]);
                    break;
                case WriteOperation.Purge purge:
                    receipts[i] = Purge(purge, plans[i]);
                    break;
            }
        }

        return new WriteReceipt(receipts);
    }

    private Problem? CheckExpectations(WriteRequest request)
    {
        foreach (var expectation in request.Expectations)
        {
            found.Clear();
            switch (expectation)
            {
                case Expectation.OfIdentity identity:
                    found.AddRange(Tables.Find(identity.Identity));
                    break;
                case Expectation.OfSearch search:
                    bodies.Write();
                    terms.Write();
                    Database.Bound(ExpectationPatience, default);
                    try
                    {
                        searcher.Find(search.Filter, descending: false, null, 2, found);
                    }
                    catch (SqliteFailure failure) when (failure.Code == SQLitePCL.raw.SQLITE_INTERRUPT)
                    {
                        return Problems.TookTooLong();
                    }
                    finally
                    {
                        Database.Unbound();
                    }

                    break;
            }

            var holds = expectation.Number is { } one ? found.Count == 1 && found[0] == one : found.Count == 0;
            if (!holds)
            {
                return Problems.NoLongerSo();
            }
        }

        return null;
    }

    private Problem? Decide(WriteOperation operation)
    {
        var key = operation.Target;
        RecordRow? row = TypeOf(key) is { } type ? tables.FindRecord(type, key) : null;
        var isLive = row is { State: RecordRow.Live };
        if (operation.ExpectedVersion is { } expected && Current(row) is var current && expected != current)
        {
            return Problems.VersionConflict(key, expected, current);
        }

        switch (operation)
        {
            case WriteOperation.Put { Mode: PutMode.CreateOnly } when isLive:
                return Problems.AlreadyExists(key);
            case WriteOperation.Put { Mode: PutMode.UpdateOnly } when !isLive:
                return Problems.DoesNotExist(key);
            case WriteOperation.Put { SourceInstant: { } told } put when IsOlder(row, told):
                plans.Add(new(IsThere(row!.Value, told, put.Record) ? Act.Nothing : Act.Late, row.Value));
                break;
            case WriteOperation.Delete { SourceInstant: { } told } when IsOlder(row, told):
                plans.Add(new(Act.Nothing, row!.Value));
                break;
            case WriteOperation.Put put:
                var isSame = isLive && put.SkipIfIdentical && IsIdentical(row!.Value, put.Record);
                plans.Add(new(isSame ? Same(row!.Value, put) : isLive ? Act.Update : Act.Create, row.GetValueOrDefault()));
                break;
            case WriteOperation.Delete:
                plans.Add(new(isLive ? Act.Delete : Act.Nothing, row.GetValueOrDefault()));
                break;
            case WriteOperation.Reindex reindex:
                plans.Add(new(isLive && Current(row) == reindex.Version ? Act.Reindex : Act.Nothing, row.GetValueOrDefault()));
                break;
            case WriteOperation.Purge:
                plans.Add(new(row is { State: not RecordRow.Purged } ? Act.Purge : Act.Nothing, row.GetValueOrDefault()));
                break;
        }

        return null;
    }

    /// <summary>The number of the current version; 0 for none.</summary>
    private long Current(RecordRow? row) => row is { State: not RecordRow.Purged } at ? tables.FindVersion(at.Sequence).Version : 0;

    /// <summary>What stays as it is may still be known to be so at a later instant.</summary>
    private Act Same(RecordRow row, WriteOperation.Put put) =>
        put.SourceInstant is { } told && told.ToUnixTimeMilliseconds() > tables.FindVersion(row.Sequence).Told ? Act.Advance : Act.Nothing;

    private bool IsOlder(RecordRow? row, DateTimeOffset told) =>
        row is { State: not RecordRow.Purged } at && told.ToUnixTimeMilliseconds() < tables.FindVersion(at.Sequence).Told;

    /// <summary>The same late version is in the history already.</summary>
    private bool IsThere(RecordRow row, DateTimeOffset told, PreparedRecord record)
    {
        for (var at = row.Sequence; at != 0;)
        {
            var version = tables.FindVersion(at);
            if (version.Told == told.ToUnixTimeMilliseconds() && version.Group != 0
                && bodies.Bodies(version.Group)[version.Slot].Span.SequenceEqual(record.Body.Span))
            {
                return true;
            }

            at = version.Previous;
        }

        return false;
    }

    private bool IsIdentical(RecordRow row, PreparedRecord record)
    {
        var version = tables.FindVersion(row.Sequence);
        return version.Flags == record.Flags
            && version.Sender == NumberOf(record.Sender)
            && bodies.Bodies(version.Group)[version.Slot].Span.SequenceEqual(record.Body.Span);
    }

    /// <summary>
    /// A group packed by the caller's thread is taken as it is when every record in it is written; else its records go
    /// one by one beside others, so that no group holds a body that no version points to.
    /// </summary>
    private PackedBodies.Place Shelve(PackedBodies packed, PackedBodies.Pack pack, IReadOnlyList<WriteOperation> operations, int from)
    {
        var left = pack.Count;
        for (var i = from; left > 0; i++)
        {
            if (operations[i] is WriteOperation.Put)
            {
                left--;
                if (plans[i].Act is Act.Nothing or Act.Advance)
                {
                    return default;
                }
            }
        }

        return new(bodies.Place(packed.Bytes(pack)), pack.Count);
    }

    private OperationReceipt Put(PreparedRecord record, DateTimeOffset? sourceInstant, Plan plan, (long Group, int Slot) place)
    {
        if (plan.Act == Act.Advance)
        {
            // The source says the same of a later instant: what it said in between is older now.
            tables.TellVersion(plan.Row.Sequence, sourceInstant!.Value.ToUnixTimeMilliseconds());
        }

        if (plan.Act is Act.Nothing or Act.Advance)
        {
            return Unchanged(record.Key, plan.Row);
        }

        if (place.Group == 0)
        {
            place = bodies.Place(record.Body);
        }

        sequence++;
        var told = sourceInstant?.ToUnixTimeMilliseconds() ?? 0;
        if (plan.Act == Act.Late)
        {
            return Late(record, plan.Row, told, place);
        }

        var isNew = plan.Row.Number == 0;
        var row = isNew ? new(++number, AddTypeOf(record.Key), 0, 0, RecordRow.Live) : plan.Row;
        var wasPurged = row.State == RecordRow.Purged;
        var version = wasPurged ? 1 : row.Version + 1;
        var previous = wasPurged ? 0 : row.Sequence;
        var kind = plan.Act == Act.Create ? VersionHead.KindCreated : 1;
        if (isNew)
        {
            tables.AddRecord(row.Number, row.Type, record.Key, sequence, record.Shard);
        }
        else
        {
            tables.MoveRecord(row.Number, version, sequence, RecordRow.Live);
        }

        tables.AddVersion(sequence, row, version, kind, new(previous, instant, record.Flags, NumberOf(record.Sender), place.Group, place.Slot, told));
        terms.Put(row.Number, record.Terms, Instant, isIndexed: plan.Act == Act.Update);
        if (plan.Act == Act.Update)
        {
            tables.DropIdentities(row.Number);
        }

        AddIdentities(row.Number, record);
        Tally(row.Type, plan.Act == Act.Create ? 1 : 0, row.State == RecordRow.Deleted ? -1 : 0, 1);
        return new(
            plan.Act == Act.Create ? WriteResult.Created : WriteResult.Updated, record.Key, row.Number, version, Instant, sequence);
    }

    /// <summary>Into the chain right behind the current version, which stays what it is.</summary>
    private OperationReceipt Late(PreparedRecord record, RecordRow row, long told, (long Group, int Slot) place)
    {
        var current = tables.FindVersion(row.Sequence);
        var version = row.Version + 1;
        tables.AddVersion(
            sequence, row, version, VersionHead.KindLate, new(current.Previous, instant, record.Flags, NumberOf(record.Sender), place.Group, place.Slot, told));
        tables.HangVersion(row.Sequence, sequence);
        tables.MoveRecord(row.Number, version, row.Sequence, row.State);
        Tally(row.Type, 0, 0, 1);
        return new(WriteResult.Late, record.Key, row.Number, version, Instant, sequence);
    }

    private OperationReceipt Reindex(PreparedRecord record, Plan plan)
    {
        var receipt = Unchanged(record.Key, plan.Row);
        if (plan.Act == Act.Nothing)
        {
            return receipt;
        }

        terms.Put(plan.Row.Number, record.Terms, receipt.Instant, isIndexed: true);
        tables.DropIdentities(plan.Row.Number);
        AddIdentities(plan.Row.Number, record);
        return receipt with { Result = WriteResult.Reindexed };
    }

    private void AddIdentities(long of, PreparedRecord record)
    {
        for (var i = 0; i < record.Identities.Count; i++)
        {
            tables.AddIdentity(of, i, record.Identities[i]);
        }
    }

    private OperationReceipt Delete(WriteOperation.Delete delete, Plan plan)
    {
        if (plan.Act == Act.Nothing)
        {
            return Unchanged(delete.Key, plan.Row);
        }

        sequence++;
        var row = plan.Row;
        tables.MoveRecord(row.Number, row.Version + 1, sequence, RecordRow.Deleted);
        tables.AddVersion(sequence, row, row.Version + 1, VersionHead.KindDeleted, new(row.Sequence, instant, 0, NumberOf(delete.Sender), 0, 0, delete.SourceInstant?.ToUnixTimeMilliseconds() ?? 0));
        terms.Drop(row.Number);
        tables.DropIdentities(row.Number);
        Tally(row.Type, -1, 1, 1);
        return new(WriteResult.Deleted, delete.Key, row.Number, row.Version + 1, Instant, sequence);
    }

    private OperationReceipt Purge(WriteOperation.Purge purge, Plan plan)
    {
        if (plan.Act == Act.Nothing)
        {
            return Unchanged(purge.Key, plan.Row with { State = RecordRow.Purged });
        }

        eraser.Ask();
        hasPurged = true;
        var row = plan.Row;
        var versions = 0;
        for (var at = row.Sequence; at != 0; versions++)
        {
            var version = tables.FindVersion(at);
            if (version.Group != 0)
            {
                bodies.Blank(version.Group, version.Slot);
            }

            tables.DropVersion(at);
            at = version.Previous;
        }

        var isLive = row.State == RecordRow.Live;
        if (isLive)
        {
            terms.Drop(row.Number);
            tables.DropIdentities(row.Number);
        }

        sequence++;
        tables.MoveRecord(row.Number, 0, sequence, RecordRow.Purged);
        tables.AddVersion(sequence, row, 0, VersionHead.KindPurged, new(0, instant, 0, NumberOf(""), 0, 0));
        Tally(row.Type, isLive ? -1 : 0, isLive ? 0 : -1, -versions);
        return new(WriteResult.Purged, purge.Key, row.Number, 0, Instant, sequence);
    }

    private OperationReceipt Unchanged(RecordKey key, RecordRow row)
    {
        if (row.Number == 0 || row.State == RecordRow.Purged)
        {
            return new(WriteResult.Unchanged, key, 0, 0, Instant, 0);
        }

        var current = tables.FindVersion(row.Sequence);
        return new(WriteResult.Unchanged, key, row.Number, current.Version, DateTimeOffset.FromUnixTimeMilliseconds(current.At), row.Sequence);
    }

    private void Tally(long type, int live, int deleted, int versions)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(tally, type, out _);
        sum = (sum.Live + live, sum.Deleted + deleted, sum.Versions + versions);
    }

    private long? TypeOf(RecordKey key)
    {
        if (names.TryGetValue(key.Type, out var known))
        {
            return known;
        }

        if (tables.FindName(key.Type) is not { } found)
        {
            return null;
        }

        names.Add(key.Type, found);
        return found;
    }

    private long AddTypeOf(RecordKey key) => TypeOf(key) ?? AddName(key.Type);

    private long NumberOf(string text)
    {
        if (text == senderText)
        {
            return sender;
        }

        if (!names.TryGetValue(text, out var known))
        {
            known = tables.FindName(text) ?? AddName(text);
            names[text] = known;
        }

        senderText = text;
        sender = known;
        return known;
    }

    private long AddName(string text)
    {
        var added = tables.AddName(text);
        names[text] = added;
        return added;
    }
}
