using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Writing;
using Kangqiao.Ingest.Codes;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Kernel;
using Kangqiao.Standard.Making;
using Kangqiao.Standard.Naming;
using Kangqiao.Store;

namespace Kangqiao.Ingest.Intake;

/// <summary>Maps, checks and makes ready what does not need to know what is there already. Runs on any number of threads.</summary>
internal static class Preparer
{
    private static readonly ReadOptions Lenient = new() { AllowUnknownElements = true };

    /// <returns>What went wrong that should not; the unit then waits in quarantine.</returns>
    public static async ValueTask<Exception?> MapAsync(UnitWork unit, CancellationToken cancel)
    {
        try
        {
            var submission = unit.Submission;
            var said = submission.Format.Map(unit.Raw, submission.Names);
            var mapped = new MappedWork[said.Count];
            for (var i = 0; i < mapped.Length; i++)
            {
                mapped[i] = new MappedWork(unit, said[i]);
                await PrepareAsync(mapped[i], submission, cancel);
            }

            unit.Mapped = mapped;
            return null;
        }
#pragma warning disable CA1031 // A mapping promises not to throw; where it does, one unit waits and the rest goes on.
        catch (Exception fault) when (!cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            unit.Mapped =
                [new MappedWork(unit, new MappedUnit([]) { Findings = [new Finding(DoorFindings.MappingFailed, Severity.Error, "", [], 0, 0)] }) { IsRefused = true }];
            return fault;
        }
    }

    private static async ValueTask PrepareAsync(MappedWork work, Submission submission, CancellationToken cancel)
    {
        if (work.Findings.Exists(f => f.IsError))
        {
            work.IsRefused = true;
            return;
        }

        var keys = work.Said.Records.Count > 1 ? new HashSet<RecordKey>() : null;
        foreach (var said in work.Said.Records)
        {
            var record = new RecordWork(said, new RecordKey(said.Type, submission.Names.IdOf(said.Type, said.Key)));
            if (keys?.Add(record.Key) == false)
            {
                // A doctor mentioned twice in one message is one doctor.
                if (!said.IsMention)
                {
                    work.Refuse(new Finding(DoorFindings.TwiceInUnit, Severity.Error, said.Type, [said.Source ?? said.Type], 0, 0));
                    return;
                }

                continue;
            }

            work.Records.Add(record);
            if (said.Intent == MappedIntent.Put && !await PrepareAsync(record, said.Body, work, submission, 0, cancel))
            {
                return;
            }
        }
    }

    /// <summary>Checks a record and makes it ready. Where it cannot be taken, the unit is refused.</summary>
    /// <param name="flags">Kept with the version: see <see cref="SaidAt"/>.</param>
    public static async ValueTask<bool> PrepareAsync(
        RecordWork record, ReadOnlyMemory<byte> body, MappedWork work, Submission submission, int flags, CancellationToken cancel)
    {
        var target = submission.Target;
        using var bench = target.Shop.Rent();
        body = SourceStamp.Write(body, SourceStamp.Of(submission.Sender.Code));
        var isStrict = submission.Feed.IsStrict;
        var isLocal = submission.Sender.IsLocal;
        var isSound = bench.TryRead(body, isStrict || isLocal ? null : Lenient);
        if (!isSound || !bench.Document.IsUsable || bench.Document.Root.Type.Name != record.Key.Type)
        {
            return Refuse(record, work, bench);
        }

        if (!isStrict && bench.Findings.Count > 0 && !isLocal)
        {
            // Unknown elements are left out: what is kept is the table written anew.
            var warnings = bench.Findings.Items.ToArray();
            body = FhirJson.Write(bench.Document);
            bench.TryRead(body);
            record.Findings.AddRange(warnings.Select(Placed));
            bench.Findings.Clear();
        }

        record.LocalCodes.Clear();
        if (CodeScan.Apply(bench.Document, submission.Sender.Code, submission.Maps, record.LocalCodes) is { } mapped)
        {
            body = mapped;
            bench.TryRead(body);
        }

        if (record.Key.Type != "Bundle")
        {
            bench.TryCheck();
            bench.CheckStandard(owesRealName: !isLocal && !record.Said.IsMention);
        }

        if (bench.Findings.HasErrors && isStrict)
        {
            return Refuse(record, work, bench);
        }

        foreach (var finding in bench.Findings.Items)
        {
            record.Findings.Add(Placed(finding.IsError ? finding with { Severity = Severity.Warning } : finding));
        }

        if (bench.WithEditions() is { } dated)
        {
            bench.TryRead(dated);
        }

        if (!(await target.Shop.Book.OfAsync(record.Key.Type, cancel)).Try(out var type, out var problem))
        {
            work.Refuse(NotKept(problem, record));
            return false;
        }

        var from = new Provenance(submission.Sender.Code, Flags: SaidAt.Flags(record.Said.SaidAt ?? work.Said.SaidAt, record.Said.IsMention) | flags);
        if (!bench.Prepare(type, record.Key, bench.Document.Root, bench.Document.Utf8, from).Try(out var prepared, out problem))
        {
            work.Refuse(NotKept(problem, record));
            return false;
        }

        record.Prepared = prepared;
        record.PatientId = bench.SourcePatient;
        record.Patient = bench.SourcePatient is { } patient ? StableHash.Of(Encoding.UTF8.GetBytes(patient)) : 0;
        record.References = References(bench.Document, record.Key.Type);
        return true;
    }

    public static Finding NotKept(Problem problem, RecordWork record) =>
        new(DoorFindings.NotKept, Severity.Error, record.Key.Type, [$"{problem.Code} {problem.Message}"], 0, 0);

    /// <summary>Line and column are those of bytes that the sender never saw; the path is what leads to the place.</summary>
    private static Finding Placed(Finding finding) => finding with { Line = 0, Column = 0 };

    private static bool Refuse(RecordWork record, MappedWork work, Workbench bench)
    {
        work.Findings.AddRange(record.Findings);
        work.Findings.AddRange(bench.Findings.Items.Select(Placed));
        work.IsRefused = true;
        if (!work.Findings.Exists(f => f.IsError))
        {
            work.Findings.Add(NotKept(new Problem("DOR003", ProblemKind.Invalid, $"it is not a {record.Key.Type}"), record));
        }

        return false;
    }

    /// <summary>Records of the platform that the resource names; what it names elsewhere cannot be looked for.</summary>
    private static IReadOnlyList<RecordKey> References(FhirDocument document, string type)
    {
        if (type == "Bundle")
        {
            return [];
        }

        var spots = new List<ReferenceSpot>();
        new ReferenceSpots(hasHttpNames: false).Collect(document.Root, spots);
        List<RecordKey>? keys = null;
        foreach (var spot in spots)
        {
            if (!spot.IsReference)
            {
                continue;
            }

            var raw = document.Utf8.Slice(spot.Start, spot.Length);
            var slash = raw.IndexOf((byte)'/');
            if (slash <= 0 || raw.Length > 130 || raw.IndexOfAny((byte)':', (byte)'?', (byte)'\\') >= 0 || raw[(slash + 1)..].Contains((byte)'/'))
            {
                continue;
            }

            var text = Encoding.UTF8.GetString(raw);
            var key = new RecordKey(text[..slash], text[(slash + 1)..]);
            if (R4.Facts.Type(key.Type) is { IsResource: true } && key.IsWellFormed && keys?.Contains(key) != true)
            {
                (keys ??= []).Add(key);
            }
        }

        return keys ?? (IReadOnlyList<RecordKey>)[];
    }
}
