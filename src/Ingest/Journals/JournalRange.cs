namespace Kangqiao.Ingest.Journals;

/// <summary>A part of the journal: what came in a time, of one sender or format or of all.</summary>
internal sealed record JournalRange(DateTimeOffset From, DateTimeOffset To)
{
    public string? Sender { get; init; }

    public string? Format { get; init; }

    /// <summary>What was only done once more is not part of it.</summary>
    public bool Holds(ReceivedHead head) =>
        head.Of is null && head.ReceivedAt >= From && head.ReceivedAt <= To && (Sender is null || head.Sender == Sender) && (Format is null || head.Format == Format);
}
