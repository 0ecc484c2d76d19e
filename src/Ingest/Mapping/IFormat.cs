namespace Kangqiao.Ingest.Mapping;

/// <summary>One unit as it was sent.</summary>
/// <param name="Index">From 0, in the submission.</param>
/// <param name="Bytes">Exactly as sent, without the framing around it.</param>
/// <param name="Preamble">What it cannot be read without (a CSV header line), or empty. The same memory for all units that share it.</param>
public sealed record RawUnit(long Index, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Preamble = default);

/// <summary>
/// A way to send: how a stream comes apart into units, and what a unit says in FHIR. Safe for any number of concurrent
/// callers; <see cref="Map"/> is pure: the same unit and names give the same records.
/// </summary>
public interface IFormat
{
    /// <summary>"fhir", "hl7v2", "cda" or "csv/NAME".</summary>
    string Name { get; }

    /// <summary>
    /// Units in order, in constant memory however long the stream. What cannot be taken apart is a unit too, as far as it can
    /// be told, so that it is kept; a unit beyond the size bound is cut and <see cref="Map"/> says so.
    /// </summary>
    IAsyncEnumerable<RawUnit> SplitAsync(Stream stream, CancellationToken cancel = default);

    /// <summary>One unit's records. Never throws for what a sender wrote: what is wrong is a finding.</summary>
    IReadOnlyList<MappedUnit> Map(RawUnit unit, SenderNames names);
}
