using System.Globalization;
using Kangqiao.Kernel;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Postgres.Reading;
using Kangqiao.Store.Writes;
using Npgsql;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// One writer's connection and its transactions, each of many requests. A request is decided whole on the draft before it
/// changes it, so a refused one leaves nothing to undo and its neighbours never notice.
/// </summary>
/// <param name="counts">Null where no hits are counted.</param>
internal sealed class WriteSession(
    NpgsqlConnection connection, Moment.Source clock, Names names, RecordReader reader, TermCounts? counts, bool isSpread, TimeProvider time)
    : IAsyncDisposable
{
    private const string AddTally = """
        INSERT INTO store.tally AS t (w, type, live, deleted, versions) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (w, type) DO UPDATE SET live = t.live + $3, deleted = t.deleted + $4, versions = t.versions + $5
        """;

    private const string AddChunks = "INSERT INTO store.writer AS w (w, chunks) VALUES ($1, $2) ON CONFLICT (w) DO UPDATE SET chunks = w.chunks + $2";

    private const int ExpectationMilliseconds = 1_000;

    private readonly Draft draft = new(isSpread, clock.Writer);
    private readonly TermCensus? census = counts is null ? null : new(counts);
    private readonly Searcher searcher = new(reader, null, null, null, isSpread);
    private readonly SpanWriter spans = new(clock.Writer);
    private readonly ChunkClock chunks = new();
    private readonly Forerunners forerunners = new(clock.Writer);
    private readonly List<Plan> plans = [];
    private bool hasTakenUp;
    private long firstSequence;
    private long lastSequence;
    private bool hasPurged;

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

    private readonly record struct Plan(Act Act, WorkRow Work);

    /// <summary>The commit has been asked for: whether it happened is known only from its answer.</summary>
    public bool IsCommitting { get; private set; }

    public bool IsBroken => connection.FullState.HasFlag(System.Data.ConnectionState.Broken) || connection.State != System.Data.ConnectionState.Open;

    /// <summary>Does all requests in one transaction. When it returns they are durable.</summary>
    public async Task WriteAsync(List<RequestItem> items, CancellationToken cancel)
    {
        IsCommitting = false;
        if (counts is not null && !hasTakenUp)
        {
            await draft.Hits.TakeUpAsync(connection, cancel);
            hasTakenUp = true;
        }

        draft.Clear();
        var opening = new Opening(connection, draft, names, counts, isSpread);
        await opening.NameAsync(items, cancel);
        var latest = await opening.BeginAsync(items, cancel);
        clock.Open(time.GetUtcNow(), latest, items.Sum(item => item.Operations));
        await opening.LoadBodiesAsync(items, cancel);
        (firstSequence, lastSequence, hasPurged) = (0, 0, false);
        spans.Open();
        chunks.Open();
        forerunners.Open();
        foreach (var item in items)
        {
            item.Outcome = await ApplyAsync(item.Prepared, cancel);
        }

        await draft.WriteAsync(connection, cancel);
        await CommitAsync(cancel);
    }

    public async Task RollbackAsync()
    {
        if (!IsBroken)
        {
            await connection.RunAsync("ROLLBACK", CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!IsBroken)
            {
                // The server may take a moment to notice that a connection was closed; until then the number would be taken.
                await connection.RunAsync("SELECT pg_advisory_unlock_all()", CancellationToken.None);
            }
        }
        catch (NpgsqlException)
        {
            // The number is free with the session, however that ended.
        }

        await connection.DisposeAsync();
    }

    private async Task CommitAsync(CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (type, change) in draft.Tallies)
        {
            batch.Add(AddTally).With(clock.Writer).With(type).With(change.Live).With(change.Deleted).With(change.Versions);
        }

        if (chunks.Begun > 0)
        {
            batch.Add(AddChunks).With(clock.Writer).With((long)chunks.Begun);
        }

        draft.Hits.AddTo(batch);
        if (lastSequence > 0 && !isSpread)
        {
            spans.Add(batch, firstSequence, lastSequence);
        }

        batch.Add("COMMIT");
        await batch.PrepareAsync(cancel);
        IsCommitting = true;
        await batch.ExecuteNonQueryAsync(cancel);
        if (lastSequence > 0 && isSpread)
        {
            // Rows of one transaction become visible on several servers one after the other; only when all have, the feed may tell of them:
            // and not before it tells of the versions that these replace.
            await forerunners.ToldAsync(connection, time, cancel);
            await using var publish = new NpgsqlBatch(connection);
            spans.Add(publish, firstSequence, lastSequence);
            await publish.ExecuteNonQueryAsync(cancel);
        }

        spans.Committed();
        draft.Hits.Committed();
        chunks.Committed();
        if (hasPurged)
        {
            reader.Forget();
        }
    }

    private async ValueTask<Outcome<WriteReceipt>> ApplyAsync(PreparedRequest prepared, CancellationToken cancel)
    {
        var request = prepared.Request;
        foreach (var expectation in request.Expectations)
        {
            if (await CheckAsync(expectation, cancel) is { } changed)
            {
                return changed;
            }
        }

        plans.Clear();
        foreach (var operation in request.Operations)
        {
            if (await DecideAsync(operation, cancel) is { } refused)
            {
                return refused;
            }
        }

        var packs = PackOf(prepared);
        var receipts = new OperationReceipt[plans.Count];
        for (var i = 0; i < receipts.Length; i++)
        {
            receipts[i] = request.Operations[i] switch
            {
                WriteOperation.Put { SourceInstant: { } told } when plans[i].Act == Act.Advance => Advance(request.Operations[i].Target, plans[i].Work, told),
                _ when plans[i].Act == Act.Nothing => Unchanged(request.Operations[i].Target, plans[i].Work),
                WriteOperation.Put put when plans[i].Act == Act.Late => await LateAsync(put, plans[i].Work, cancel),
                WriteOperation.Put put => Put(put, plans[i], prepared[i], packs?[i]),
                WriteOperation.Delete delete => Delete(delete, plans[i].Work),
                WriteOperation.Reindex reindex => Reindex(reindex.Record, plans[i].Work, prepared[i]),
                _ => await PurgeAsync(request.Operations[i].Target, plans[i].Work, cancel),
            };
        }

        return new WriteReceipt(receipts);
    }

    private async ValueTask<Problem?> CheckAsync(Expectation expectation, CancellationToken cancel)
    {
        IReadOnlyCollection<long> found;
        if (expectation is Expectation.OfSearch search)
        {
            await draft.WriteAsync(connection, cancel);
            try
            {
                await connection.RunAsync(string.Create(CultureInfo.InvariantCulture, $"SET LOCAL statement_timeout = {ExpectationMilliseconds}"), cancel);
                found = await searcher.NumbersAsync(connection, search.Filter, descending: false, null, 2, cancel);
                await connection.RunAsync("SET LOCAL statement_timeout = DEFAULT", cancel);
            }
            catch (PostgresException tooLong) when (tooLong.SqlState == PostgresErrorCodes.QueryCanceled)
            {
                throw new RequestFault(Problems.TookTooLong());
            }
        }
        else
        {
            found = draft.Watch(((Expectation.OfIdentity)expectation).Identity);
        }

        var holds = expectation.Number is { } one ? found.Count == 1 && found.Contains(one) : found.Count == 0;
        return holds ? null : Problems.NoLongerSo();
    }

    private async ValueTask<Problem?> DecideAsync(WriteOperation operation, CancellationToken cancel)
    {
        var key = operation.Target;
        var work = draft[key];
        var current = work.Row.Number == 0 ? 0 : work.Version;
        if (operation.ExpectedVersion is { } expected && expected != current)
        {
            return Problems.VersionConflict(key, expected, current);
        }

        switch (operation)
        {
            case WriteOperation.Put { Mode: PutMode.CreateOnly } when work.IsLive:
                return Problems.AlreadyExists(key);
            case WriteOperation.Put { Mode: PutMode.UpdateOnly } when !work.IsLive:
                return Problems.DoesNotExist(key);
            case WriteOperation.Put { SourceInstant: { } told } put when IsOlder(work, told):
                plans.Add(new(await IsThereAsync(work, told, put.Record, cancel) ? Act.Nothing : Act.Late, work));
                break;
            case WriteOperation.Delete { SourceInstant: { } told } when IsOlder(work, told):
                plans.Add(new(Act.Nothing, work));
                break;
            case WriteOperation.Put put:
                var isSame = work.IsLive && put.SkipIfIdentical && IsIdentical(work, put.Record);
                plans.Add(new(isSame ? Same(work, put) : work.IsLive ? Act.Update : Act.Create, work));
                break;
            case WriteOperation.Delete:
                plans.Add(new(work.IsLive ? Act.Delete : Act.Nothing, work));
                break;
            case WriteOperation.Reindex reindex:
                plans.Add(new(work.IsLive && current == reindex.Version ? Act.Reindex : Act.Nothing, work));
                break;
            default:
                plans.Add(new(current > 0 ? Act.Purge : Act.Nothing, work));
                break;
        }

        return null;
    }

    /// <summary>What stays as it is may still be known to be so at a later instant.</summary>
    private static Act Same(WorkRow work, WriteOperation.Put put) =>
        put.SourceInstant is { } told && told.ToUnixTimeMilliseconds() > work.Row.Told ? Act.Advance : Act.Nothing;

    private static bool IsOlder(WorkRow work, DateTimeOffset told) =>
        work.Row.Number != 0 && work.Row.Kind != RecordRow.Purged && told.ToUnixTimeMilliseconds() < work.Row.Told;

    /// <summary>The same late version is in the history already.</summary>
    private async ValueTask<bool> IsThereAsync(WorkRow work, DateTimeOffset told, PreparedRecord record, CancellationToken cancel)
    {
        await draft.WriteAsync(connection, cancel);
        var chain = await reader.ChainAsync(connection, work.Row, 0, long.MaxValue, int.MaxValue, cancel);
        var same = chain.FindAll(row => row.Told == told.ToUnixTimeMilliseconds() && row.Group != 0);
        var bodies = await reader.ReadAsync(connection, same.ConvertAll(row => (RecordRow?)row), cancel);
        return bodies.Any(version => version!.Body.Span.SequenceEqual(record.Body.Span));
    }

    private bool IsIdentical(WorkRow work, PreparedRecord record) =>
        work.Body is { } body && work.Row.Flags == record.Flags && work.Row.Sender == names.Known(record.Sender)
        && body.Span.SequenceEqual(record.Body.Span);

    /// <summary>
    /// Which operation takes which slot of the groups that the caller's thread has packed. A group is taken when every record in
    /// it is written, and at one place; else its records go one by one beside others, so that no group holds a body that no
    /// version points to.
    /// </summary>
    private Packed?[]? PackOf(PreparedRequest prepared)
    {
        if (prepared.Packs.Count == 0)
        {
            return null;
        }

        var packs = new Packed?[plans.Count];
        foreach (var (operations, bytes) in prepared.Packs)
        {
            var place = prepared[operations[0]].Place;
            if (Array.TrueForAll(operations, o => plans[o].Act is not (Act.Nothing or Act.Late or Act.Advance) && (plans[o].Work.Row.Number == 0 || plans[o].Work.Row.Place == place)))
            {
                var pack = new Packed(bytes);
                for (short slot = 0; slot < operations.Length; slot++)
                {
                    packs[operations[slot]] = pack with { Slot = slot };
                }
            }
        }

        return packs;
    }

    private OperationReceipt Put(WriteOperation.Put put, Plan plan, PreparedRequest.Part part, Packed? packed)
    {
        var record = put.Record;
        var work = plan.Work;
        var before = work.Row;
        var isNew = before.Number == 0;
        var sequence = NextSequence();
        var place = isNew ? part.Place : before.Place;
        var (group, slot) = packed is { } pack
            ? (pack.Group(sequence, place, draft), pack.Slot)
            : draft.Shelf.Place(place, sequence, record.Body);
        var type = names.Known(record.Key.Type)!.Value;
        work.Row = new(
            isNew ? sequence : before.Number, part.Hash, sequence, group, isNew ? record.Shard.Value : before.Shard,
            (isNew ? 0 : work.Version + before.InHistory) + 1, record.Flags, place, isNew ? draft.NextOrdinal(part.Hash) : before.Ordinal, type,
            plan.Act == Act.Create ? RecordRow.Created : RecordRow.Updated, names.Known(record.Sender)!.Value, slot,
            isNew ? KeyBytes.Of(record.Key.Id) : before.Id, put.SourceInstant?.ToUnixTimeMilliseconds() ?? 0, 0);
        if (isNew)
        {
            Begin(work, put.Mode != PutMode.CreateOnly);
            census?.Created(part.Terms);
        }
        else
        {
            Replace(before);
        }

        draft.SetIdentities(work, part.Identities);
        work.Terms = part.Terms;
        work.Body = record.Body;
        work.IsChanged = true;
        draft.Tally(type, plan.Act == Act.Create ? 1 : 0, !isNew && before.Kind == RecordRow.Deleted ? -1 : 0, 1);
        return Receipt(plan.Act == Act.Create ? WriteResult.Created : WriteResult.Updated, record.Key, work.Row);
    }

    /// <summary>The source says the same of a later instant: what it said in between is older now.</summary>
    private OperationReceipt Advance(RecordKey key, WorkRow work, DateTimeOffset told)
    {
        work.Row = work.Row with { Told = told.ToUnixTimeMilliseconds() };
        draft.Advance(work);
        return Unchanged(key, work);
    }

    /// <summary>Into the history behind the current version, which stays what it is.</summary>
    /// <exception cref="LostRace">Another transaction has changed the record.</exception>
    private async ValueTask<OperationReceipt> LateAsync(WriteOperation.Put put, WorkRow work, CancellationToken cancel)
    {
        // What this transaction has put itself must be in the database before something can be hung behind it.
        await draft.WriteAsync(connection, cancel);
        var current = work.Row;
        var sequence = NextSequence();
        var counted = await connection.Command("UPDATE store.record SET late = late + 1 WHERE number = $1 AND place = $2 AND seq = $3 AND late = $4")
            .With(current.Number).With(current.Place).With(current.Sequence).With(current.InHistory).RunAsync(cancel);
        if (counted != 1)
        {
            throw new LostRace();
        }

        var record = put.Record;
        var (group, slot) = draft.Shelf.Place(current.Place, sequence, record.Body);
        var late = current with
        {
            Sequence = sequence,
            Version = current.Version + current.InHistory + 1,
            Kind = RecordRow.Late,
            Group = group,
            Slot = slot,
            Flags = record.Flags,
            Sender = names.Known(record.Sender)!.Value,
            Told = put.SourceInstant!.Value.ToUnixTimeMilliseconds(),
        };
        draft.AddVersion(late);
        forerunners.Add(current.Sequence);
        work.Row = current with { InHistory = (short)(current.InHistory + 1) };
        work.StoredLate = work.Row.InHistory;
        draft.Tally(current.Type, 0, 0, 1);
        return Receipt(WriteResult.Late, record.Key, late);
    }

    /// <summary>A record's first version.</summary>
    private void Begin(WorkRow work, bool isGiven)
    {
        if (isGiven)
        {
            draft.GiveKey();
        }

        // Where records are spread, searches walk no chunks.
        if (isSpread)
        {
            return;
        }

        work.Chunk = chunks.Of(work.Row.Number, out var isFirst);
        if (isFirst)
        {
            draft.AddChunk(clock.Writer, work.Chunk);
        }
    }

    private void Replace(RecordRow before)
    {
        draft.AddVersion(before);
        forerunners.Add(before.Sequence);
    }

    private OperationReceipt Delete(WriteOperation.Delete delete, WorkRow work)
    {
        var before = work.Row;
        NextSequence();
        work.Row = before with
        {
            Sequence = lastSequence,
            Version = before.Version + before.InHistory + 1,
            Kind = RecordRow.Deleted,
            Told = delete.SourceInstant?.ToUnixTimeMilliseconds() ?? 0,
            InHistory = 0,
            Group = 0,
            Slot = 0,
            Flags = 0,
            Sender = names.Known(delete.Sender)!.Value,
        };
        Replace(before);
        draft.SetIdentities(work, []);
        work.Terms = TermColumns.Empty;
        work.Body = null;
        work.IsChanged = true;
        draft.Tally(before.Type, -1, 1, 1);
        return Receipt(WriteResult.Deleted, delete.Key, work.Row);
    }

    private OperationReceipt Reindex(PreparedRecord record, WorkRow work, PreparedRequest.Part part)
    {
        draft.SetIdentities(work, part.Identities);
        work.Terms = part.Terms;
        work.IsChanged = true;
        return Receipt(WriteResult.Reindexed, record.Key, work.Row);
    }

    private async ValueTask<OperationReceipt> PurgeAsync(RecordKey key, WorkRow work, CancellationToken cancel)
    {
        // What this transaction has put itself must be in the database before it can be taken out of it.
        await draft.WriteAsync(connection, cancel);
        var before = work.Row;
        hasPurged = true;
        forerunners.Add(before.Sequence);
        var versions = await Purge.RunAsync(connection, reader, before, cancel);
        NextSequence();
        work.Row = before with
        {
            Sequence = lastSequence,
            Version = 0,
            Kind = RecordRow.Purged,
            Told = 0,
            InHistory = 0,
            Group = 0,
            Slot = 0,
            Flags = 0,
            Sender = names.Known("")!.Value,
        };
        draft.SetIdentities(work, []);
        work.Terms = TermColumns.Empty;
        work.Body = null;
        work.IsChanged = true;
        draft.Tally(before.Type, before.IsLive ? -1 : 0, before.IsLive ? 0 : -1, -versions);
        return Receipt(WriteResult.Purged, key, work.Row);
    }

    private long NextSequence()
    {
        lastSequence = clock.Next();
        firstSequence = firstSequence == 0 ? lastSequence : firstSequence;
        return lastSequence;
    }

    private OperationReceipt Unchanged(RecordKey key, WorkRow work) => work.Row.Number == 0 || work.Row.Kind == RecordRow.Purged
        ? new(WriteResult.Unchanged, key, 0, 0, clock.Instant, 0)
        : Receipt(WriteResult.Unchanged, key, work.Row);

    private static OperationReceipt Receipt(WriteResult result, RecordKey key, RecordRow row) =>
        new(result, key, row.Number, row.Version, Moment.InstantOf(row.Sequence), row.Sequence);

    /// <summary>A group that was packed before; named when the first of its records is written.</summary>
    private sealed record Packed(byte[] Bytes)
    {
        private readonly long[] named = [0];

        public short Slot { get; init; }

        public long Group(long sequence, short place, Draft draft)
        {
            if (named[0] == 0)
            {
                named[0] = sequence;
                draft.AddGroup(sequence, place, Bytes);
            }

            return named[0];
        }
    }
}
