using Kangqiao.Kernel;

namespace Kangqiao.Ingest;

/// <summary>Where the door keeps what it is given and how much it takes at once.</summary>
/// <param name="DataFolder">The platform's; raw messages lie in <c>raw</c> below it.</param>
public sealed record DoorOptions(string DataFolder)
{
    /// <summary>Submissions of one sender that may wait; beyond that it is told to come back.</summary>
    public int MostWaitingOfSender { get; init; } = 5_000;

    /// <summary>Submissions of all senders that may wait.</summary>
    public int MostWaiting { get; init; } = 20_000;

    /// <summary>Messages of one sender over a connection that waits for each answer (MLLP): kept for good at once, worked on later.</summary>
    public int MostWaitingOfConnections { get; init; } = 100_000;

    /// <summary>Submissions of a sender of which the bytes stay in memory while they wait; those of others are read from the journal.</summary>
    public int MostHeld { get; init; } = 4_000;

    /// <summary>Bodies that may be received at the same time: each takes some memory.</summary>
    public int MostReceiving { get; init; } = 256;

    /// <summary>Told of every submission when it is durable and before its sender knows; a problem goes to the sender. For the audit trail.</summary>
    public Func<Submitted, ValueTask<Problem?>>? Submitted { get; init; }

    /// <summary>Days for which raw messages are kept; null for ever.</summary>
    public int? KeepRawDays { get; init; }

    /// <summary>Days for which receipts are kept; null for ever.</summary>
    public int? KeepReceiptDays { get; init; }

    /// <summary>Days for which entries of quarantine are kept once they are closed; null for ever. What waits is kept in any case.</summary>
    public int? KeepQuarantineDays { get; init; }
}

/// <summary>Something that was handed in.</summary>
/// <param name="Number">Of its receipt.</param>
/// <param name="From">Address of the sender's system, where it is known.</param>
public sealed record Submitted(string Sender, string Format, Guid Number, string? From);
