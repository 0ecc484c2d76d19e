using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Hl7v2.Acknowledging;
using Kangqiao.Ingest.Hl7v2.Content;
using Kangqiao.Ingest.Hl7v2.Mapping;
using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Kernel;

namespace Kangqiao.Ingest.Hl7v2;

/// <summary>HL7 v2.3 to v2.8, one message or a batch: docs/integrators/hl7v2.md.</summary>
/// <param name="time">For answers; the system's unless said otherwise.</param>
public sealed class Hl7Format(TimeProvider? time = null) : IFormat, IAcknowledges
{
    private readonly Hl7Content content = Hl7Content.Default;
    private readonly TimeProvider time = time ?? TimeProvider.System;
    private readonly Identifiers identifiers = new(time ?? TimeProvider.System);

    public string Name => "hl7v2";

    public string AcknowledgementType => "application/hl7-v2";

    public byte[] Acknowledge(ReadOnlyMemory<byte> sent, bool? isTaken, IReadOnlyList<Finding> findings) =>
        Acknowledgement.Answer(sent, findings, time.GetUtcNow(), identifiers.NextId(), isTaken);

    public bool IsBatch(ReadOnlyMemory<byte> sent, int units)
    {
        var start = sent.Span.TrimStart(" \t\r\n"u8);
        return units > 1 || start.StartsWith("FHS"u8) || start.StartsWith("BHS"u8);
    }

    public byte[] Acknowledge(IReadOnlyList<UnitAnswer> units) => Acknowledgement.Batch(units, time.GetUtcNow(), identifiers);

    public IAsyncEnumerable<RawUnit> SplitAsync(Stream stream, CancellationToken cancel = default) => MessageSplitter.SplitAsync(stream, cancel);

    public IReadOnlyList<MappedUnit> Map(RawUnit unit, SenderNames names) => [MapOne(unit, names)];

    private MappedUnit MapOne(RawUnit unit, SenderNames names)
    {
        var findings = new FindingList();
        if (unit.Preamble.Length > 0)
        {
            Miscounted(unit, findings);
            return new MappedUnit([]) { Source = "batch", Findings = findings.Items };
        }

        if (Hl7Message.Read(unit.Bytes, findings) is not { } message)
        {
            return new MappedUnit([]) { Findings = findings.Items };
        }

        var records = MessageMap.Map(message, names, findings, content);
        return new MappedUnit(findings.HasErrors ? [] : records)
        {
            Source = message.ControlId,
            Findings = findings.Items,
            SaidAt = Times.Instant(Times.DateTime(message.Header.Field(7).Text(), Times.China, out _)),
        };
    }

    private static void Miscounted(RawUnit unit, FindingList findings)
    {
        var line = Encoding.Latin1.GetString(unit.Bytes.Span);
        var counted = Encoding.ASCII.GetString(unit.Preamble.Span);
        var name = line[..3];
        findings.Add(counted == MessageSplitter.NoTrailer
            ? Hl7Findings.Of(Hl7Findings.NoTrailer, "", name)
            : Hl7Findings.Of(Hl7Findings.BatchCount, name + "[1]-1", name + "-1", line.Length > 4 ? line[4..].Split(line[3])[0].Trim() : "", counted));
    }
}
