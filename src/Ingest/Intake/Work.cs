using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Codes;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Ingest.Intake;

/// <summary>A record on its way in.</summary>
internal sealed class RecordWork(MappedRecord said, RecordKey key)
{
    public MappedRecord Said { get; } = said;

    public RecordKey Key { get; } = key;

    /// <summary>Null until it is made ready, and for what needs the current version first.</summary>
    public PreparedRecord? Prepared { get; set; }

    public List<Finding> Findings { get; } = [];

    /// <summary>Records that it refers to.</summary>
    public IReadOnlyList<RecordKey> References { get; set; } = [];

    /// <summary>Hash of the source patient that it belongs to; 0 for none.</summary>
    public long Patient { get; set; }

    /// <summary>Logical id of that source patient.</summary>
    public string? PatientId { get; set; }

    public bool IsUnchanged { get; set; }

    /// <summary>It changes or withdraws what its sender has said before.</summary>
    public bool IsCorrection { get; set; }

    /// <summary>The sender's own codes in it that are mapped to nothing.</summary>
    public List<SeenCode> LocalCodes { get; } = [];
}

/// <summary>What one mapped unit has come to so far.</summary>
internal sealed class MappedWork(UnitWork unit, MappedUnit said)
{
    public UnitWork Unit { get; } = unit;

    public MappedUnit Said { get; } = said;

    public List<Finding> Findings { get; } = [.. said.Findings];

    public List<RecordWork> Records { get; } = [];

    /// <summary>It waits in quarantine: none of its records is taken.</summary>
    public bool IsRefused { get; set; }

    public void Refuse(Finding finding)
    {
        Findings.Add(finding);
        IsRefused = true;
    }
}

/// <summary>A unit as sent and what it says.</summary>
internal sealed class UnitWork(Submission submission, RawUnit raw)
{
    public Submission Submission { get; } = submission;

    public RawUnit Raw { get; } = raw;

    public IReadOnlyList<MappedWork> Mapped { get; set; } = [];
}

/// <summary>Units of one sender that are worked on together, and the submissions that end with them.</summary>
internal sealed class Batch
{
    public List<UnitWork> Units { get; } = [];

    public List<Submission> Endings { get; } = [];

    public long Bytes { get; set; }

    public bool IsEmpty => Units.Count == 0 && Endings.Count == 0;
}
