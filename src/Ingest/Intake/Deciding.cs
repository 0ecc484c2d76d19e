using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Journals;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Ingest.Intake;

/// <summary>What a record is now, or will be when what was decided before is written.</summary>
/// <param name="Body">Empty where it is not there.</param>
/// <param name="Wave">The write that makes it so; 0 for what is there.</param>
/// <param name="Written">When it was written; the beginning of time for what is not there yet.</param>
/// <param name="Said">When its owner said it, as the store keeps it; null where that is not known, and for mentions.</param>
internal readonly record struct Standing(bool IsThere, ReadOnlyMemory<byte> Body, int Flags, int Wave, DateTimeOffset? Said = null, DateTimeOffset Written = default)
{
    public static Standing Of(StoredRecord? record) => record is { State: RecordState.Live }
        ? new(true, record.Body, record.Flags, 0, record.SourceInstant, record.Instant)
        : new(false, default, record?.Flags ?? 0, 0, record?.SourceInstant, record?.Instant ?? default);

    /// <summary>Is what is done once more older than this?</summary>
    /// <param name="at">When it was said, or came.</param>
    public bool IsNewerThan(ReplayOf replayed, DateTimeOffset? at) =>
        Said is null && SaidAt.Seconds(Flags) == 0 ? !SaidAt.IsMention(Flags) && Written > replayed.FinishedAt : IsNewerThan(at);

    /// <summary>Is what was said at that time older than this?</summary>
    public bool IsNewerThan(DateTimeOffset? other)
    {
        if (other is not { } at || SaidAt.IsMention(Flags))
        {
            return false;
        }

        return Said is { } mine ? at.ToUnixTimeMilliseconds() < mine.ToUnixTimeMilliseconds()
            : Flags != 0 && SaidAt.Seconds(SaidAt.Flags(at, isMention: false)) < SaidAt.Seconds(Flags);
    }
}

/// <summary>
/// Decides for one unit after the other what is to be written, on what is there and on what was decided before. A unit that
/// touches what an earlier one of the same batch changes goes into a later wave.
/// </summary>
internal sealed class Deciding(Dictionary<RecordKey, Standing> standings)
{
    private readonly List<(RecordKey Key, Standing Standing)> changes = [];

    /// <summary>Units with something to write, by wave from 1.</summary>
    public List<List<(MappedWork Unit, List<WriteOperation> Operations)>> Waves { get; } = [];

    public bool IsThere(RecordKey key) => standings.TryGetValue(key, out var standing) && standing.IsThere;

    public async ValueTask TakeAsync(MappedWork unit, CancellationToken cancel)
    {
        changes.Clear();
        var wave = 1;
        NoLongerSaid(unit);
        var operations = new List<WriteOperation>(unit.Records.Count);
        foreach (var record in unit.Records)
        {
            var now = standings.GetValueOrDefault(record.Key);
            wave = Math.Max(wave, now.Wave + 1);
            if (await DecideAsync(unit, record, now, cancel) is { } operation)
            {
                operations.Add(operation);
            }
            else if (unit.IsRefused)
            {
                return;
            }
        }

        if (operations.Count == 0)
        {
            return;
        }

        foreach (var (key, standing) in changes)
        {
            standings[key] = standing with { Wave = wave };
        }

        while (Waves.Count < wave)
        {
            Waves.Add([]);
        }

        Waves[wave - 1].Add((unit, operations));
    }

    private async ValueTask<WriteOperation?> DecideAsync(MappedWork unit, RecordWork record, Standing now, CancellationToken cancel)
    {
        var said = record.Said;
        var at = said.SaidAt ?? unit.Said.SaidAt;
        var replayed = unit.Unit.Submission.Received.Head.Of;
        at ??= replayed?.ReceivedAt;
        var isLate = replayed is null ? now.IsNewerThan(at) : now.IsNewerThan(replayed, at);
        if (said.IsMention)
        {
            if (now.IsThere && !(SaidAt.IsMention(now.Flags) && !isLate))
            {
                record.IsUnchanged = true;
                return null;
            }
        }
        else if (isLate && replayed is not null)
        {
            // It had its say when it came, and something newer has been said since.
            record.IsUnchanged = true;
            return null;
        }
        else if (isLate)
        {
            record.Findings.Add(new Finding(DoorFindings.Late, Severity.Warning, record.Key.Type, [], 0, 0));

            // A whole word goes into the history. A change of something has no place there: what it would have changed is not known.
            return said.Intent == MappedIntent.Put && now.Said is not null ? new WriteOperation.Put(record.Prepared!) { SourceInstant = at, SkipIfIdentical = true } : null;
        }

        return said.Intent switch
        {
            MappedIntent.Withdraw => await WithdrawAsync(unit, record, now, at, cancel),
            MappedIntent.Amend => await AmendAsync(unit, record, now, at, cancel),
            _ => Put(record, now, at),
        };
    }

    /// <summary>What the documents whose place this unit takes have brought, and it says no longer, is withdrawn with it.</summary>
    private void NoLongerSaid(MappedWork unit)
    {
        var said = unit.Said.TakesPlaceOf.Count == 0 ? [] : unit.Records.Select(r => r.Key).ToHashSet();
        foreach (var document in unit.Said.TakesPlaceOf)
        {
            var key = new RecordKey(Derived.Document, unit.Unit.Submission.Names.IdOf(Derived.Document, document));
            if (!standings.TryGetValue(key, out var now) || !now.IsThere || now.IsNewerThan(unit.Said.SaidAt))
            {
                continue;
            }

            foreach (var derived in Derived.Of(now.Body))
            {
                // Whatever else has spoken of it since is the better witness.
                if (said.Add(derived) && standings.TryGetValue(derived, out var standing) && standing.IsThere
                    && !SaidAt.IsMention(standing.Flags) && SaidAt.Seconds(standing.Flags) <= SaidAt.Seconds(now.Flags))
                {
                    unit.Records.Add(new RecordWork(new MappedRecord(derived.Type, "", default) { Intent = MappedIntent.Withdraw }, derived));
                }
            }
        }
    }

    private WriteOperation? Put(RecordWork record, Standing now, DateTimeOffset? at)
    {
        var prepared = record.Prepared!;
        if (now.IsThere && prepared.Body.Span.SequenceEqual(now.Body.Span) && SaidAt.IsMention(prepared.Flags) == SaidAt.IsMention(now.Flags))
        {
            record.IsUnchanged = true;
            return null;
        }

        record.IsCorrection = now.IsThere && !SaidAt.IsMention(prepared.Flags) && !SaidAt.IsMention(now.Flags);

        // A mention has no time of its own: its owner's word counts, however old.
        var instant = SaidAt.IsMention(prepared.Flags) ? null : at;
        changes.Add((record.Key, new Standing(true, prepared.Body, prepared.Flags, 0, instant)));
        return new WriteOperation.Put(prepared) { SkipIfIdentical = true, SourceInstant = instant };
    }

    private async ValueTask<WriteOperation?> AmendAsync(MappedWork unit, RecordWork record, Standing now, DateTimeOffset? at, CancellationToken cancel)
    {
        var submission = unit.Unit.Submission;
        if (!now.IsThere)
        {
            // It may say enough to be a record by itself.
            if (await Preparer.PrepareAsync(record, record.Said.Body, unit, submission, 0, cancel))
            {
                return Put(record, now, at);
            }

            unit.IsRefused = false;
            unit.Findings.RemoveAll(f => f.IsError);
            record.Findings.Add(new Finding(DoorFindings.NothingToAmend, Severity.Warning, record.Key.Type, [record.Said.Source ?? record.Key.Type], 0, 0));
            return null;
        }

        var body = Revising.Amend(Current(record.Key, now), record.Said.Body);
        return await Preparer.PrepareAsync(record, body, unit, submission, 0, cancel) ? Put(record, now, at) : null;
    }

    private async ValueTask<WriteOperation?> WithdrawAsync(MappedWork unit, RecordWork record, Standing now, DateTimeOffset? at, CancellationToken cancel)
    {
        if (!now.IsThere)
        {
            record.IsUnchanged = true;
            return null;
        }

        var current = Current(record.Key, now);
        if (!record.Said.Body.IsEmpty)
        {
            current = Revising.Amend(current, record.Said.Body);
        }

        if (Revising.AsError(record.Key.Type, current) is { } marked)
        {
            return await Preparer.PrepareAsync(record, marked, unit, unit.Unit.Submission, 0, cancel) ? Put(record, now, at) : null;
        }

        record.IsCorrection = true;
        changes.Add((record.Key, new Standing(false, default, SaidAt.Flags(at, isMention: false), 0, at)));
        return new WriteOperation.Delete(record.Key, unit.Unit.Submission.Sender.Code) { SourceInstant = at };
    }

    private static ReadOnlyMemory<byte> Current(RecordKey key, Standing now) => Revising.Resource(new StoredRecord
    {
        Number = 0,
        Key = key,
        Version = 1,
        Instant = DateTimeOffset.UnixEpoch,
        Sequence = 0,
        State = RecordState.Live,
        IsCreation = false,
        Flags = 0,
        Shard = default,
        Sender = "",
        Body = now.Body,
    });
}
