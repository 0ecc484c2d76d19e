namespace Kangqiao.Ingest.Mapping;

public enum MappedIntent
{
    /// <summary>This is the record as it now is.</summary>
    Put,

    /// <summary>
    /// Only the members given are said: they replace those of the current version, and the rest stays (a merge message
    /// knows the old patient's number and nothing more).
    /// </summary>
    Amend,

    /// <summary>
    /// It was never so: the record stays in history, as entered-in-error where its type has that status and deleted where
    /// it has not. Only the key is needed; members given are amended first.
    /// </summary>
    Withdraw,
}

/// <summary>A record as one unit of a submission tells it.</summary>
/// <param name="Type">FHIR resource type.</param>
/// <param name="Key">In the sender's own terms: <see cref="SourceKey"/>.</param>
/// <param name="Body">
/// FHIR R4 JSON, UTF-8, without <c>id</c> and <c>meta.source</c>; what it refers to by <see cref="SenderNames.Reference"/>.
/// </param>
public sealed record MappedRecord(string Type, string Key, ReadOnlyMemory<byte> Body)
{
    public MappedIntent Intent { get; init; } = MappedIntent.Put;

    /// <summary>
    /// Known only from being mentioned (a doctor in a result, a patient in a document): creates the record where there is
    /// none and never changes one that its owner has sent.
    /// </summary>
    public bool IsMention { get; init; }

    /// <summary>When the sender said this of it, where that differs from what is said of the whole unit.</summary>
    public DateTimeOffset? SaidAt { get; init; }

    /// <summary>What a person at the sender would look it up by, where the unit has several; else the unit's own is used.</summary>
    public string? Source { get; init; }
}
