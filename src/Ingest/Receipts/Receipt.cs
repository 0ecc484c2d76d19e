using System.Text.Json.Serialization;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ledger;

namespace Kangqiao.Ingest.Receipts;

/// <summary>How many units came to what. <see cref="Received"/> is the sum of the other four.</summary>
public record struct Counts(long Accepted, long Warned, long Unchanged, long Quarantined)
{
    [JsonIgnore]
    public readonly long Received => Accepted + Warned + Unchanged + Quarantined;

    public static Counts operator +(Counts left, Counts right) => new(
        left.Accepted + right.Accepted, left.Warned + right.Warned, left.Unchanged + right.Unchanged, left.Quarantined + right.Quarantined);

    /// <summary>One more, or several, of an outcome.</summary>
    public void Add(UnitOutcome outcome, int count = 1)
    {
        switch (outcome)
        {
            case UnitOutcome.Accepted:
                Accepted += count;
                break;
            case UnitOutcome.Warned:
                Warned += count;
                break;
            case UnitOutcome.Unchanged:
                Unchanged += count;
                break;
            default:
                Quarantined += count;
                break;
        }
    }
}

/// <summary>What became of a unit.</summary>
public enum UnitOutcome
{
    Accepted,
    Warned,

    /// <summary>It says what is known already.</summary>
    Unchanged,
    Quarantined,
}

/// <summary>A receipt as the ledger keeps it.</summary>
/// <param name="Number">Of the receipt, as given to the sender.</param>
/// <param name="Hash">SHA-256 of what was sent, unpacked.</param>
internal sealed record Receipt(string Number, string Sender, string Format, DateTimeOffset ReceivedAt, long Bytes, string Hash)
{
    public const string Kind = "Receipt";

    /// <summary>Lines of one page.</summary>
    public const int PageLines = 500;

    public string? Name { get; init; }

    public bool IsDone { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public Counts Counts { get; init; }

    public long Residents { get; init; }

    /// <summary>Records of which it brought another version, or that it withdrew.</summary>
    public long Corrected { get; init; }

    public double Seconds { get; init; }

    public string? Mends { get; init; }

    /// <summary>The submission that this did once more.</summary>
    public string? Replays { get; init; }

    /// <summary>Of those sent, while it is being worked on.</summary>
    public long? BytesDone { get; init; }

    /// <summary>In the journal.</summary>
    public string Segment { get; init; } = "";

    public long Offset { get; init; }

    /// <summary>Full pages kept apart; the last, partly filled one is <see cref="Last"/>.</summary>
    public int Pages { get; init; }

    public ReceiptPage? Last { get; init; }

    public static LedgerKey KeyOf(string number) => new(Kind, number);

    public static LedgerKey PageOf(string number, int page) => new("ReceiptPage", $"{number}.{page}");
}

/// <summary>Lines of a receipt, and the texts of what was found in them, each once.</summary>
internal sealed class ReceiptPage
{
    public List<ReceiptLine> Lines { get; init; } = [];

    public Dictionary<string, FindingTexts> Texts { get; init; } = new(StringComparer.Ordinal);

    public void Add(ReceiptLine line, IEnumerable<Finding> findings)
    {
        Lines.Add(line);
        foreach (var finding in findings)
        {
            Texts.TryAdd(finding.Kind.Code, new FindingTexts(finding.Kind.English, finding.Kind.Chinese));
        }
    }
}

/// <param name="I">Index of the unit in the submission.</param>
/// <param name="S">What the sender calls it.</param>
/// <param name="O">Outcome.</param>
/// <param name="R">Type/id of the record here, or the number in quarantine.</param>
internal sealed record ReceiptLine(long I, string S, UnitOutcome O, string? R, IReadOnlyList<ReceiptFinding>? F = null);

/// <summary>Code, severity, path and particulars of a finding; its texts stand on the page.</summary>
internal sealed record ReceiptFinding(string C, Severity V, string P, string[] A, int L, int K)
{
    public static ReceiptFinding Of(Finding finding) =>
        new(finding.Kind.Code, finding.Severity, finding.Path, finding.Arguments, finding.Line, finding.Column);
}

/// <summary>A finding's texts as they were when it was found, with places for the particulars.</summary>
internal sealed record FindingTexts(string En, string Zh);
