using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Fhir;

/// <summary>
/// What one resource or bundle says: a record for each resource, under its sender's name for it, with its references brought to
/// such names in the bytes, and the sender's own id kept as an identifier.
/// </summary>
internal static class FhirMapping
{
    /// <summary>Whether unknown elements are an error is the feed's affair, and asked where the record is checked.</summary>
    private static readonly ReadOptions Generous = new() { AllowUnknownElements = true };

    /// <summary>Elements beyond which a table is let go rather than kept for the next unit.</summary>
    private const int MostKept = 200_000;

    [ThreadStatic]
    private static FhirDocument? kept;

    public static IReadOnlyList<MappedUnit> Map(RawUnit unit, SenderNames names)
    {
        var findings = new FindingList();
        if (unit.Bytes.Length > FhirSplitter.MostUnitBytes)
        {
            findings.Add(new Finding(FhirFindings.TooLong, Severity.Error, "", [$"{FhirSplitter.MostUnitBytes}"], 0, 0));
            return [Refused(findings, "")];
        }

        var document = kept ?? new FhirDocument();
        kept = null;
        try
        {
            document.ReadInto(unit.Bytes, findings, Generous);
            if (!document.IsUsable)
            {
                return [Refused(findings, "")];
            }

            return document.Root.Type.Name == "Bundle"
                ? new BundleMapping(document.Root, names, findings).Map()
                : [One(document.Root, names, findings)];
        }
        finally
        {
            if (document.Count <= MostKept)
            {
                kept = document;
            }
        }
    }

    /// <summary>A unit that is one resource by itself.</summary>
    private static MappedUnit One(Element resource, SenderNames names, FindingList findings)
    {
        var source = SourceOf(resource);
        if (findings.HasErrors)
        {
            return Refused(findings, source);
        }

        var naming = new ResourceNaming(names);
        var found = new List<Finding>();
        var record = naming.Record(resource, null, null, found);
        return new MappedUnit([record]) { Source = source, Findings = found, SaidAt = record.SaidAt };
    }

    public static MappedUnit Refused(FindingList findings, string source) => new([]) { Source = source, Findings = [.. findings.Items] };

    /// <summary>"Patient/123", or the type alone.</summary>
    public static string SourceOf(Element resource) =>
        resource.ChildText("id") is { Length: > 0 } id ? $"{resource.Type.Name}/{id}" : resource.Type.Name;

    /// <summary>R4 resource.html#Meta: when this version was made at its source.</summary>
    public static DateTimeOffset? SaidAt(Element resource) =>
        resource.Child("meta") is { Exists: true } meta && DateTimeOffset.TryParse(
            meta.ChildText("lastUpdated"), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : null;
}
