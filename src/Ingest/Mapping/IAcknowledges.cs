using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Mapping;

/// <summary>A format whose senders wait for an answer in its own terms (HL7 v2): the answer to a message over HTTP.</summary>
public interface IAcknowledges
{
    /// <summary>Such as <c>application/hl7-v2</c>.</summary>
    string AcknowledgementType { get; }

    /// <summary>The answer, in the sender's version and character set.</summary>
    /// <param name="sent">The first unit as it was sent.</param>
    /// <param name="isTaken">False where the unit waits in quarantine; null where it is received and not yet worked on.</param>
    /// <param name="findings">What was found in it.</param>
    byte[] Acknowledge(ReadOnlyMemory<byte> sent, bool? isTaken, IReadOnlyList<Finding> findings);

    /// <summary>Whether what was sent holds several units, or is framed as if it did, so that one answer stands for all of them.</summary>
    bool IsBatch(ReadOnlyMemory<byte> sent, int units);

    /// <summary>The answer to several units that came as one: an answer to each, in their order.</summary>
    byte[] Acknowledge(IReadOnlyList<UnitAnswer> units);
}

/// <summary>What one unit is answered with.</summary>
/// <param name="Head">Its beginning as it was sent, long enough to know who asks and in which terms.</param>
/// <param name="IsTaken">False where it waits in quarantine.</param>
public sealed record UnitAnswer(ReadOnlyMemory<byte> Head, bool IsTaken, IReadOnlyList<Finding> Findings);
