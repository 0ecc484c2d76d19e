using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Fhir;

/// <summary>FHIR R4 as JSON: resources, bundles of every type, and NDJSON of any length.</summary>
public sealed class FhirFormat : IFormat
{
    public const string FormatName = "fhir";

    public string Name => FormatName;

    public IAsyncEnumerable<RawUnit> SplitAsync(Stream stream, CancellationToken cancel = default) => FhirSplitter.SplitAsync(stream, cancel);

    public IReadOnlyList<MappedUnit> Map(RawUnit unit, SenderNames names) => FhirMapping.Map(unit, names);
}
