using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Quarantine;
using Kangqiao.Ingest.Receipts;

namespace Kangqiao.Ingest.Desk;

/// <param name="After">The next page starts here; null where there is none.</param>
public sealed record DeskList<T>(IReadOnlyList<T> Items, long? After)
{
    /// <summary>All there are, where they were counted.</summary>
    public long? Total { get; init; }
}

/// <summary>Which receipts.</summary>
public sealed record ReceiptsAsk
{
    public string? Sender { get; init; }

    /// <summary>Only those of which something waits or waited.</summary>
    public bool OnlyQuarantined { get; init; }

    public long? After { get; init; }

    public int Limit { get; init; } = 50;
}

/// <summary>Which entries of quarantine.</summary>
public sealed record QuarantineAsk
{
    public string? Sender { get; init; }

    public QuarantineState State { get; init; }

    /// <summary>Code of a finding.</summary>
    public string? Code { get; init; }

    public long? After { get; init; }

    public int Limit { get; init; } = 50;
}

/// <summary>A submission and what became of it.</summary>
/// <param name="Bytes">As sent, unpacked.</param>
public sealed record ReceiptHead(string Number, string Sender, string Format, DateTimeOffset ReceivedAt, long Bytes, bool IsDone, Counts Counts)
{
    /// <summary>What the sender called it; null where it did not.</summary>
    public string? Name { get; init; }

    /// <summary>Distinct residents in it.</summary>
    public long Residents { get; init; }

    /// <summary>From its receipt to its end.</summary>
    public double Seconds { get; init; }

    /// <summary>The entry of quarantine that it mends.</summary>
    public string? Mends { get; init; }

    public string Sha256 { get; init; } = "";

    internal static ReceiptHead Of(Receipt receipt) => new(
        receipt.Number, receipt.Sender, receipt.Format, receipt.ReceivedAt, receipt.Bytes, receipt.IsDone, receipt.Counts)
    {
        Name = receipt.Name,
        Residents = receipt.Residents,
        Seconds = receipt.Seconds,
        Mends = receipt.Mends,
        Sha256 = receipt.Hash,
    };
}

/// <summary>What a sender sent lately.</summary>
/// <param name="Submissions">In so many.</param>
public sealed record Arrivals(string Sender, Counts Counts, int Submissions, DateTimeOffset Last);

/// <summary>A receipt with a page of its lines.</summary>
public sealed record ReceiptSheet(ReceiptHead Head, IReadOnlyList<SheetLine> Lines, int Page, bool HasMore)
{
    public const int PageLines = 100;
}

/// <summary>One unit that was sent.</summary>
/// <param name="Index">Its place in the submission, from 0.</param>
/// <param name="Source">What the sender calls it; empty where that could not be read.</param>
/// <param name="Reference">Type/id of the record here; null where it waits.</param>
/// <param name="Quarantine">Number of the entry where it waits; else null.</param>
public sealed record SheetLine(long Index, string Source, UnitOutcome Outcome, string? Reference, string? Quarantine, IReadOnlyList<SheetFinding> Findings)
{
    internal static SheetLine Of(ReceiptLine line, Dictionary<string, FindingTexts> texts) => new(
        line.I, line.S, line.O, line.O == UnitOutcome.Quarantined ? null : line.R, line.O == UnitOutcome.Quarantined ? line.R : null,
        [.. (line.F ?? []).Select(f => SheetFinding.Of(f, texts))]);
}

/// <summary>What is wrong, in both languages, with what to do.</summary>
/// <param name="Path">Place in the record: FHIRPath, or as the format counts ("PID[1]-3", a column).</param>
/// <param name="Line">From 1; 0 where it is not known.</param>
/// <param name="Column">From 1, in bytes.</param>
public sealed record SheetFinding(string Code, Severity Severity, string Path, int Line, int Column)
{
    public (string Message, string Hint) Chinese { get; init; }

    public (string Message, string Hint) English { get; init; }

    internal static SheetFinding Of(ReceiptFinding finding, Dictionary<string, FindingTexts> texts)
    {
        var text = texts.GetValueOrDefault(finding.C);
        return new SheetFinding(finding.C, finding.V, finding.P, finding.L, finding.K)
        {
            Chinese = ReceiptJson.Said(text?.Zh, finding.A, isEnglish: false),
            English = ReceiptJson.Said(text?.En, finding.A, isEnglish: true),
        };
    }
}

/// <summary>A unit that was refused.</summary>
/// <param name="Number">Of the entry.</param>
/// <param name="Receipt">Of the submission that brought it last.</param>
public sealed record QuarantineHead(string Number, string Sender, string Format, string Receipt, string Source, DateTimeOffset At, QuarantineState State, IReadOnlyList<SheetFinding> Findings)
{
    public long Bytes { get; init; }

    /// <summary>Times it was sent.</summary>
    public int Attempts { get; init; }

    /// <summary>Receipt of what mended it.</summary>
    public string? MendedBy { get; init; }

    internal static QuarantineHead Of(QuarantineEntry entry) => new(
        entry.Number, entry.Sender, entry.Format, entry.Receipt, entry.Source, entry.At, entry.State,
        [.. (entry.Page.Lines is [{ F: { } findings }, ..] ? findings : []).Select(f => SheetFinding.Of(f, entry.Page.Texts))])
    {
        Bytes = entry.Bytes,
        Attempts = entry.Attempts,
        MendedBy = entry.MendedBy,
    };
}

/// <param name="Text">What was sent, to be read; null where it is too long for that or no longer kept.</param>
/// <param name="Raw">Its bytes; null where they are no longer kept.</param>
public sealed record QuarantineSheet(QuarantineHead Head, string? Text, byte[]? Raw);
