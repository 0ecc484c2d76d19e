using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Bench.Ingest;

/// <summary>A format to measure: what it is called, and units of the usual kind, made from a seed.</summary>
internal sealed record IngestTarget(string Name, string What, IFormat Format, Func<ulong, int, RawUnit[]> Make)
{
    public static readonly IReadOnlyList<IngestTarget> All =
    [
        new("hl7v2", "HL7 v2 ORU^R01, ten results", new Kangqiao.Ingest.Hl7v2.Hl7Format(), ShapedOru.Units),
        new("cda", "CDA C0007, ten results", ShapedReport.Format(), ShapedReport.Units),
        new("csv", "CSV lab-result, a row", ShapedRows.Format("lab-result"), ShapedRows.Results),
        new("csv-visit", "CSV outpatient-visit, a row", ShapedRows.Format("outpatient-visit"), ShapedRows.Visits),
    ];
}
