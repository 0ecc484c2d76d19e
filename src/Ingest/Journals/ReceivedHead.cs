namespace Kangqiao.Ingest.Journals;

/// <summary>What is known of a submission the moment it is received.</summary>
/// <param name="Number">Of its receipt.</param>
/// <param name="Sender">Code of the institution.</param>
/// <param name="Format">Name of the <see cref="Mapping.IFormat"/>.</param>
internal sealed record ReceivedHead(Guid Number, string Sender, string Format, DateTimeOffset ReceivedAt)
{
    /// <summary>A file's name, for the person who looks for it; null over HTTP.</summary>
    public string? Name { get; init; }

    /// <summary>The entry in quarantine that this is to mend.</summary>
    public string? Mends { get; init; }

    /// <summary>What this does again; null for what was sent.</summary>
    public ReplayOf? Of { get; init; }
}

/// <summary>A submission that is worked on once more: its body stays where it is.</summary>
/// <param name="Number">Under which the journal has it.</param>
/// <param name="ReceivedAt">When it came: what says no time of its own counts as said then.</param>
/// <param name="FinishedAt">When it had been worked on: what was written after that is somebody's newer word.</param>
internal sealed record ReplayOf(Guid Number, string Segment, long Offset, long Bytes, string Hash, DateTimeOffset ReceivedAt, DateTimeOffset FinishedAt);

/// <summary>Where a submission lies in the journal.</summary>
/// <param name="Segment">File name.</param>
/// <param name="Offset">Of the block in which it begins.</param>
internal sealed record JournalPlace(string Segment, long Offset);

/// <summary>A submission as the journal keeps it.</summary>
/// <param name="Bytes">Length of the body.</param>
/// <param name="Hash">SHA-256 of the body, in hexadecimal.</param>
internal sealed record Received(ReceivedHead Head, JournalPlace Place, long Bytes, string Hash)
{
    /// <summary>The body, where it is small and memory allows; null where it is read from the journal.</summary>
    public ReadOnlyMemory<byte>? Inline { get; init; }
}
