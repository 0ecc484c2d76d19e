using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Mapping;

/// <summary>
/// What one unit of a submission says, in FHIR: all of its records are taken, or none and the unit waits in quarantine. A unit
/// is a FHIR resource (or a transaction), an HL7 v2 message, a CDA document or a CSV row.
/// </summary>
public sealed record MappedUnit(IReadOnlyList<MappedRecord> Records)
{
    /// <summary>What a person at the sender would look the unit up by (message control id, document id, row number). Never a name.</summary>
    public string Source { get; init; } = "";

    /// <summary>
    /// What the mapping itself found. An error keeps the unit out; a warning goes on the receipt. <see cref="Finding.Path"/>
    /// is the place in the sender's own format ("PID[1]-3[2].4", "/ClinicalDocument/recordTarget", "column birth_date").
    /// </summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>When the sender said it (MSH-7, effectiveTime, a time stamp column); an older word never undoes a newer one.</summary>
    public DateTimeOffset? SaidAt { get; init; }

    /// <summary>
    /// Keys of documents (DocumentReference) whose earlier word this unit takes the place of, itself among them: what was made of them
    /// (<c>context.related</c>) and is said here no longer is withdrawn, unless something newer was said of it.
    /// </summary>
    public IReadOnlyList<string> TakesPlaceOf { get; init; } = [];

    /// <summary>Its records are counted one by one on the receipt (a FHIR transaction), though they are taken all or none.</summary>
    public bool CountsRecords { get; init; }

    /// <summary>How many records the unit would have, where it is refused before they are made. With <see cref="CountsRecords"/> only.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Its own part of what was sent, where several units came as one (the entries of a batch); null for all of it.</summary>
    public ReadOnlyMemory<byte>? Raw { get; init; }
}
