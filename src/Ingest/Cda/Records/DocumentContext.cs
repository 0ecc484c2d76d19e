using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Cda.Content;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>What is known while one document is mapped, and the records it has brought so far.</summary>
internal sealed class DocumentContext(SenderNames names, CdaContent content, CdaOptions options, FindingList findings)
{
    public const string DataElements = "urn:oid:2.16.156.10011.2.2.1";
    public const string Extensions = "https://kangqiao.dev/fhir/StructureDefinition/";

    private readonly List<MappedRecord> records = [];
    private readonly HashSet<(string, string)> taken = [];

    public SenderNames Names { get; } = names;

    public CdaContent Content { get; } = content;

    public CdaOptions Options { get; } = options;

    public FindingList Findings { get; } = findings;

    public CdaDocumentType? Type { get; set; }

    /// <summary>Key of the document in all its versions.</summary>
    public string DocumentKey { get; set; } = "";

    public Target? Subject { get; set; }

    public Target? Encounter { get; set; }

    /// <summary>When what the document tells of was so, as far as an entry does not say it itself (FHIR dateTime).</summary>
    public string? Time { get; set; }

    /// <summary>When the document was made.</summary>
    public string? Made { get; set; }

    public Target? Author { get; set; }

    public Target? Custodian { get; set; }

    public string? ReportNumber { get; set; }

    public string? OrderNumber { get; set; }

    public string? PrescriptionNumber { get; set; }

    public string? SpecimenNumber { get; set; }

    public IReadOnlyList<MappedRecord> Records => records;

    public bool IsFull => records.Count >= Options.MaxRecords;

    /// <summary>Records made from entries, which stand and fall with the document.</summary>
    public List<string> Derived { get; } = [];

    /// <summary>Keys of the documents that this one takes the place of.</summary>
    public List<string> Replaced { get; } = [];

    public Target Put(string type, string key, byte[] body, string? display = null, MappedIntent intent = MappedIntent.Put)
    {
        Add(new MappedRecord(type, key, body) { Intent = intent });
        return new Target(Names.Reference(type, key), display);
    }

    /// <summary>From an entry. Its key is of this document, or the lasting number it is known by, and told apart from the document's others.</summary>
    public Target Derive(string type, string key, byte[] body)
    {
        var unique = key;
        for (var n = 2; taken.Contains((type, unique)); n++)
        {
            unique = $"{key}#{n}";
        }

        Add(new MappedRecord(type, unique, body));
        var reference = Names.Reference(type, unique);
        Derived.Add(reference);
        return new Target(reference);
    }

    public string PartKey(string part) => SourceKey.Part(DocumentKey, part);

    public Target Mention(string type, string key, Func<byte[]> body, string? display)
    {
        if (!taken.Contains((type, key)))
        {
            Add(new MappedRecord(type, key, body()) { IsMention = true });
        }

        return new Target(Names.Reference(type, key), display);
    }

    public void Add(MappedRecord record)
    {
        if (IsFull)
        {
            if (taken.Add(("", "")))
            {
                Findings.Add(new Finding(CdaFindings.TooMany, Severity.Error, "/", [Options.MaxRecords.ToString(), "records"], 0, 0));
            }

            return;
        }

        taken.Add((record.Type, record.Key));
        records.Add(record);
    }

    /// <summary>The system of a value's code: the standard's where it has an OID, the sender's own where it has none.</summary>
    public string SystemOf(CdaValue value, string? element)
    {
        if (value.System is { } oid && Content.SystemOf(oid) is { } known)
        {
            return known;
        }

        if (value.System is null)
        {
            CdaValue.Report(CdaFindings.NoSystem, value.Element, Findings, value.Code ?? "");
        }

        return Names.LocalSystem(Table(value.System ?? element ?? "code"));
    }

    /// <summary>A name of [a-z0-9-] for a table that has no address.</summary>
    private static string Table(string name)
    {
        var table = string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return table.Length == 0 ? "cda" : table.Length > 60 ? table[..60] : table;
    }
}
