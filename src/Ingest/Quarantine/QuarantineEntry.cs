using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Intake;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Ledger;

namespace Kangqiao.Ingest.Quarantine;

/// <summary>What became of an entry.</summary>
public enum QuarantineState
{
    Waiting,

    /// <summary>It was sent again, mended or under other rules, and taken.</summary>
    Resolved,

    /// <summary>It was sent again changed, and what came of it waits as another entry.</summary>
    Replaced,

    /// <summary>Its sender takes it back.</summary>
    Withdrawn,
}

/// <summary>A unit that was refused, kept whole with its reasons. Its number follows from sender, format and bytes: sent again it is the same entry.</summary>
/// <param name="Receipt">Of the submission that brought it last.</param>
internal sealed record QuarantineEntry(string Number, string Sender, string Format, string Receipt, long Index, string Source, DateTimeOffset At)
{
    public const string Kind = "Quarantine";

    /// <summary>Bytes up to which an entry holds the raw text itself; longer ones are read from the journal.</summary>
    private const int MostInline = 1024 * 1024;

    public QuarantineState State { get; init; }

    /// <summary>Units that it counts for on the receipt.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Of the raw bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Brotli of preamble and raw text; null where they are in the journal.</summary>
    public byte[]? Packed { get; init; }

    public string Segment { get; init; } = "";

    public long Offset { get; init; }

    /// <summary>The number under which the journal has it, where that is not the receipt's.</summary>
    public string? Body { get; init; }

    public ReceiptPage Page { get; init; } = new();

    /// <summary>The receipt of what mended it.</summary>
    public string? MendedBy { get; init; }

    public int Attempts { get; init; } = 1;

    public static LedgerKey KeyOf(string number) => new(Kind, number);

    public static QuarantineEntry Of(MappedWork work, int part, DateTimeOffset now)
    {
        var (unit, submission) = (work.Unit, work.Unit.Submission);
        var raw = work.Said.Raw ?? unit.Raw.Bytes;
        var page = new ReceiptPage();
        page.Add(new ReceiptLine(unit.Raw.Index, work.Said.Source, UnitOutcome.Quarantined, null, [.. AllOf(work).Select(ReceiptFinding.Of)]), AllOf(work));
        var isInline = raw.Length + unit.Raw.Preamble.Length <= MostInline || work.Said.Raw is not null;
        return new QuarantineEntry(
            NumberOf(submission.Sender.Code, submission.Format.Name, raw.Span, part), submission.Sender.Code, submission.Format.Name, submission.Number, unit.Raw.Index, work.Said.Source, now)
        {
            Weight = work.Said.Weight,
            Bytes = raw.Length,
            Packed = isInline ? Pack(unit.Raw.Preamble.Span, raw.Span) : null,
            Segment = submission.Received.Head.Of?.Segment ?? submission.Received.Place.Segment,
            Offset = submission.Received.Head.Of?.Offset ?? submission.Received.Place.Offset,
            Body = submission.Received.Head.Of?.Number.ToString("D"),
            Page = page,
        };
    }

    /// <summary>The number that the unit would have in quarantine.</summary>
    public static string NumberOf(MappedWork work, int part) =>
        NumberOf(work.Unit.Submission.Sender.Code, work.Unit.Submission.Format.Name, (work.Said.Raw ?? work.Unit.Raw.Bytes).Span, part);

    public LedgerPage ToPage() => LedgerPage.Of(
        KeyOf(Number), this,
        [
            new LedgerLabel('s', Sender), new LedgerLabel('w', State.ToString().ToLowerInvariant()), new LedgerLabel('r', Receipt), new LedgerLabel('d', Retention.DayOf(At)),
            .. Page.Texts.Keys.Take(20).Select(code => new LedgerLabel('c', code)),
        ]);

    /// <summary>What was sent, as it was, with what it cannot be read without in front; null where the journal has it.</summary>
    public byte[]? Raw()
    {
        if (Packed is null)
        {
            return null;
        }

        using var unpacked = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(Packed), CompressionMode.Decompress))
        {
            brotli.CopyTo(unpacked);
        }

        return unpacked.ToArray();
    }

    /// <summary>All that was found in a unit and its records.</summary>
    public static IEnumerable<Finding> AllOf(MappedWork work) => work.Findings.Concat(work.Records.SelectMany(r => r.Findings));

    private static string NumberOf(string sender, string format, ReadOnlySpan<byte> raw, int part)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{sender}\n{format}\n{part}\n"));
        hash.AppendData(raw);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static byte[] Pack(ReadOnlySpan<byte> preamble, ReadOnlySpan<byte> raw)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            brotli.Write(preamble);
            brotli.Write(raw);
        }

        return packed.ToArray();
    }
}
