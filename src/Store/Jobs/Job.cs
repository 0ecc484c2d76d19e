namespace Kangqiao.Store.Jobs;

public enum JobState
{
    Waiting = 0,
    Running = 1,
    Done = 2,
    Failed = 3,
    Cancelled = 4,
}

/// <summary>Work that outlives a request and a restart.</summary>
public sealed record Job
{
    public required string Id { get; init; }

    /// <summary>Names the code that can do it, such as <c>export</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>JSON, as given.</summary>
    public required string Parameters { get; init; }

    public required JobState State { get; init; }

    public required long Done { get; init; }

    /// <summary>0 while unknown.</summary>
    public required long Total { get; init; }

    /// <summary>JSON of the worker's own from which it goes on after a restart; empty at first.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>JSON result when done, or the reason in words when failed; else empty.</summary>
    public required string Result { get; init; }

    /// <summary>Somebody wants it to stop; the worker learns it at its next report.</summary>
    public required bool IsCancelAsked { get; init; }

    /// <summary>Counts claims; the holder of the latest claim is the only one who may report.</summary>
    public required long Claim { get; init; }

    /// <summary>Until then the claim holds without a further report.</summary>
    public required DateTimeOffset LeaseEnds { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>How far a worker has come.</summary>
public readonly record struct JobProgress(long Done, long Total, string Checkpoint);
