using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Codes;
using Kangqiao.Ingest.Quarantine;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Standard;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Ingest.Intake;

/// <summary>
/// Decides on and writes a batch of mapped units: many in one transaction, each whole or not at all. Then what became of them is
/// noted and kept, and what was refused is laid into quarantine.
/// </summary>
/// <param name="residentOf">The resident of a source patient, once it is written; null where there is none.</param>
internal sealed class BatchWriter(LedgerStore ledger, LocalCodes codes, Func<string, string?> residentOf, TimeProvider time)
{
    private const int MostOperations = 2_000;
    private const int MostKeys = 5_000;

    /// <summary>The longest wait between two tries while the store cannot be written.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Decides and writes the records; what is refused is marked so.</summary>
    public async Task WriteAsync(Batch batch, CancellationToken cancel)
    {
        if (batch.Units.Count > 0)
        {
            var target = batch.Units[0].Submission.Target;
            var deciding = new Deciding(await StandingsAsync(batch, target, cancel));
            foreach (var work in Works(batch))
            {
                if (!work.IsRefused)
                {
                    await deciding.TakeAsync(work, cancel);
                }
            }

            foreach (var wave in deciding.Waves)
            {
                await WriteWaveAsync(wave, target, cancel);
            }

            LookForReferences(batch, deciding, target);
        }
    }

    private static IEnumerable<MappedWork> Works(Batch batch) => batch.Units.SelectMany(u => u.Mapped);

    /// <summary>What is there now of all that the batch brings and refers to.</summary>
    private async ValueTask<Dictionary<RecordKey, Standing>> StandingsAsync(Batch batch, Target target, CancellationToken cancel)
    {
        var standings = new Dictionary<RecordKey, Standing>();
        foreach (var record in Works(batch).Where(w => !w.IsRefused).SelectMany(w => w.Records))
        {
            standings[record.Key] = default;
        }

        foreach (var reference in Works(batch).Where(w => !w.IsRefused).SelectMany(w => w.Records).SelectMany(r => r.References))
        {
            if (!target.IsKnown(reference))
            {
                standings.TryAdd(reference, default);
            }
        }

        await ReadAsync(standings, [.. standings.Keys], target, cancel);

        // What was made of the documents that units take the place of.
        var derived = Works(batch).Where(w => !w.IsRefused)
            .SelectMany(w => w.Said.TakesPlaceOf.Select(d => new RecordKey(Derived.Document, w.Unit.Submission.Names.IdOf(Derived.Document, d))))
            .Where(k => standings.TryGetValue(k, out var standing) && standing.IsThere)
            .SelectMany(k => Derived.Of(standings[k].Body)).Where(k => k.IsWellFormed && !standings.ContainsKey(k)).Distinct().ToArray();
        await ReadAsync(standings, derived, target, cancel);
        return standings;
    }

    private async ValueTask ReadAsync(Dictionary<RecordKey, Standing> standings, RecordKey[] all, Target target, CancellationToken cancel)
    {
        foreach (var keys in all.Chunk(MostKeys))
        {
            var records = await AgainAsync(() => target.Store.ReadAsync(keys, cancel), cancel);
            for (var i = 0; i < keys.Length; i++)
            {
                standings[keys[i]] = Standing.Of(records[i]);
                if (standings[keys[i]].IsThere)
                {
                    target.Remember(keys[i]);
                }
            }
        }
    }

    private async ValueTask WriteWaveAsync(List<(MappedWork Unit, List<WriteOperation> Operations)> wave, Target target, CancellationToken cancel)
    {
        var group = new List<(MappedWork Unit, List<WriteOperation> Operations)>();
        var operations = 0;
        foreach (var one in wave)
        {
            if (operations > 0 && operations + one.Operations.Count > MostOperations)
            {
                await WriteGroupAsync(group, target, cancel);
                group.Clear();
                operations = 0;
            }

            group.Add(one);
            operations += one.Operations.Count;
        }

        await WriteGroupAsync(group, target, cancel);
    }

    private async ValueTask WriteGroupAsync(List<(MappedWork Unit, List<WriteOperation> Operations)> group, Target target, CancellationToken cancel)
    {
        var request = new WriteRequest([.. group.SelectMany(g => g.Operations)]);
        var outcome = await TryAsync(() => target.Store.WriteAsync(request, cancel), cancel);
        if (outcome.Problem is { } problem)
        {
            if (group.Count == 1)
            {
                group[0].Unit.Refuse(Preparer.NotKept(problem, group[0].Unit.Records[0]));
                return;
            }

            // One of them is at fault, and the others must not suffer for it.
            foreach (var one in group)
            {
                await WriteGroupAsync([one], target, cancel);
            }

            return;
        }

        foreach (var operation in outcome.Value.Operations)
        {
            if (operation.Result == WriteResult.Deleted)
            {
                target.Forget(operation.Key);
            }
            else
            {
                target.Remember(operation.Key);
            }
        }
    }

    private static void LookForReferences(Batch batch, Deciding deciding, Target target)
    {
        foreach (var record in Works(batch).Where(w => !w.IsRefused).SelectMany(w => w.Records))
        {
            foreach (var reference in record.References)
            {
                if (!target.IsKnown(reference) && !deciding.IsThere(reference))
                {
                    record.Findings.Add(new Finding(StandardFindings.ReferenceMissing, Severity.Warning, record.Key.Type, [record.Key.Type, reference.Type], 0, 0));
                    break;
                }
            }
        }
    }

    /// <summary>Keeps receipts and quarantine, and then tells whoever waits.</summary>
    public async Task NoteAsync(Batch batch, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var pages = new List<LedgerPage>();
        foreach (var unit in batch.Units)
        {
            unit.Submission.CountBytes(unit.Raw.Bytes.Length);
            for (var i = 0; i < unit.Mapped.Count; i++)
            {
                Note(unit.Mapped[i], unit.Mapped.Count > 1 ? i : 0, now, pages);
            }
        }

        var receipts = new List<(Submission Submission, Receipt Receipt)>();
        foreach (var submission in batch.Endings)
        {
            var receipt = submission.ReceiptAt(now, isDone: true);
            receipts.Add((submission, receipt));
            pages.Add(LedgerPage.Of(
                Receipt.KeyOf(receipt.Number), receipt,
                new LedgerLabel('s', receipt.Sender), new LedgerLabel('f', receipt.Format),
                new LedgerLabel('q', receipt.Counts.Quarantined > 0 ? "some" : "none"), new LedgerLabel('d', Retention.DayOf(receipt.ReceivedAt))));
            if (receipt.Mends is { } mended && await MendAsync(mended, submission, receipt, cancel) is { } entry)
            {
                pages.RemoveAll(p => p.Key == QuarantineEntry.KeyOf(mended) && receipt.Counts.Quarantined == 0);
                pages.Add(entry.ToPage());
            }
        }

        pages.AddRange(await SettledAsync(batch, cancel));

        // The last word on a document of this batch is the one that counts.
        var last = pages.GroupBy(p => p.Key).Select(g => g.Last()).ToArray();
        foreach (var chunk in last.Chunk(2_000))
        {
            await AgainAsync(() => ledger.PutAsync(chunk, cancel), cancel);
        }

        // What is only done once more was counted when it came.
        await codes.AddAsync(
            batch.Units.Where(u => u.Submission.Received.Head.Of is null).SelectMany(u => u.Mapped).Where(m => !m.IsRefused)
                .SelectMany(m => m.Records.Where(r => !r.IsUnchanged && r.LocalCodes.Count > 0).Select(r => (m.Unit.Submission.Sender.Code, (IReadOnlyList<SeenCode>)r.LocalCodes))),
            cancel);
        foreach (var (submission, receipt) in receipts)
        {
            submission.Complete(receipt);
        }
    }

    /// <summary>What waited in quarantine and is taken now that it is done once more.</summary>
    private async ValueTask<List<LedgerPage>> SettledAsync(Batch batch, CancellationToken cancel)
    {
        var settled = new List<LedgerPage>();
        var taken = batch.Units.Where(u => u.Submission.Received.Head.Of is not null)
            .SelectMany(u => u.Mapped.Where(m => !m.IsRefused).Select((m, i) => (Key: QuarantineEntry.KeyOf(QuarantineEntry.NumberOf(m, u.Mapped.Count > 1 ? i : 0)), u.Submission.Number)))
            .ToArray();
        foreach (var chunk in taken.Chunk(MostKeys))
        {
            var found = await AgainAsync(() => ledger.ReadAsync([.. chunk.Select(t => t.Key)], cancel), cancel);
            for (var i = 0; i < chunk.Length; i++)
            {
                if (found[i]?.As<QuarantineEntry>() is { State: QuarantineState.Waiting } entry)
                {
                    settled.Add((entry with { State = QuarantineState.Resolved, MendedBy = chunk[i].Number }).ToPage());
                }
            }
        }

        return settled;
    }

    private async ValueTask<QuarantineEntry?> MendAsync(string number, Submission submission, Receipt receipt, CancellationToken cancel)
    {
        var document = await AgainAsync(() => ledger.ReadAsync(QuarantineEntry.KeyOf(number), cancel), cancel);
        if (document?.As<QuarantineEntry>() is not { } entry || submission.Quarantined.Contains(number))
        {
            // Still wanting as it was: it waits on, with what was found this time.
            return null;
        }

        return entry with
        {
            State = receipt.Counts.Quarantined == 0 ? QuarantineState.Resolved : QuarantineState.Replaced,
            MendedBy = receipt.Number,
            Attempts = entry.Attempts + 1,
        };
    }

    private void Note(MappedWork work, int part, DateTimeOffset now, List<LedgerPage> pages)
    {
        var submission = work.Unit.Submission;
        submission.CountCorrections(work.IsRefused ? 0 : work.Records.Count(r => r.IsCorrection));
        submission.Answer(work.Unit.Raw, !work.IsRefused, QuarantineEntry.AllOf(work));
        if (work.IsRefused)
        {
            var entry = QuarantineEntry.Of(work, part, now);
            pages.Add(entry.ToPage());
            submission.Quarantined.Add(entry.Number);
            Keep(submission, submission.Note(
                new ReceiptLine(work.Unit.Raw.Index, work.Said.Source, UnitOutcome.Quarantined, entry.Number, entry.Page.Lines[0].F),
                QuarantineEntry.AllOf(work), 0, work.Said.CountsRecords ? Math.Max(1, work.Said.Weight) : 1), pages);
            return;
        }

        if (work.Said.CountsRecords)
        {
            for (var i = 0; i < work.Records.Count; i++)
            {
                // What was found of the whole is said once.
                var record = work.Records[i];
                Note(submission, work, record.Said.Source ?? work.Said.Source, [record], i == 0 ? [.. work.Findings, .. record.Findings] : record.Findings, pages);
            }

            return;
        }

        Note(submission, work, work.Said.Source, work.Records, [.. QuarantineEntry.AllOf(work)], pages);
    }

    private void Note(
        Submission submission, MappedWork work, string source, IReadOnlyList<RecordWork> records, IReadOnlyList<Finding> findings, List<LedgerPage> pages)
    {
        var outcome = findings.Any(f => f.Severity >= Severity.Warning) ? UnitOutcome.Warned : UnitOutcome.Accepted;
        if (records.Count > 0 && records.All(r => r.IsUnchanged))
        {
            outcome = UnitOutcome.Unchanged;
        }

        long patient = 0;
        foreach (var record in records)
        {
            patient = patient == 0 ? ResidentOf(record) : patient;
            submission.CountResident(ResidentOf(record));
        }

        // The record that a unit is about comes first; what is only mentioned on the way does not stand for it.
        var about = records.FirstOrDefault(r => !r.Said.IsMention) ?? (records.Count > 0 ? records[0] : null);
        var shown = outcome == UnitOutcome.Unchanged ? [] : findings;
        Keep(submission, submission.Note(
            new ReceiptLine(work.Unit.Raw.Index, source, outcome, about?.Key.ToString(), shown.Count == 0 ? null : [.. shown.Select(ReceiptFinding.Of)]),
            shown, patient), pages);
    }

    /// <summary>Tells humans apart as far as they are known: by the resident, else by the source patient.</summary>
    private long ResidentOf(RecordWork record) =>
        record.PatientId is { } patient && residentOf(patient) is { } resident ? StableHash.Of(Encoding.UTF8.GetBytes(resident)) : record.Patient;

    private static void Keep(Submission submission, (int Page, ReceiptPage Lines)? full, List<LedgerPage> pages)
    {
        if (full is var (page, lines))
        {
            pages.Add(LedgerPage.Of(Receipt.PageOf(submission.Number, page), lines, new LedgerLabel('r', submission.Number)));
        }
    }

    /// <summary>Tries until it is done: a store that is busy, full or away comes back.</summary>
    private async ValueTask<T> AgainAsync<T>(Func<ValueTask<Outcome<T>>> attempt, CancellationToken cancel)
    {
        var outcome = await TryAsync(attempt, cancel);
        return outcome.Problem is null ? outcome.Value : throw new InvalidOperationException($"{outcome.Problem.Code} {outcome.Problem.Message}");
    }

    private async ValueTask<Outcome<T>> TryAsync<T>(Func<ValueTask<Outcome<T>>> attempt, CancellationToken cancel)
    {
        for (var wait = TimeSpan.FromMilliseconds(5); ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            var outcome = await attempt();
            if (outcome.Problem?.Kind is not (ProblemKind.Throttled or ProblemKind.Unavailable))
            {
                return outcome;
            }

            await Task.Delay(wait, time, cancel);
        }
    }
}
