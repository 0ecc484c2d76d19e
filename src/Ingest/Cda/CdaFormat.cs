using System.Security.Cryptography;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Cda.Content;
using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Header;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Cda.Records;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda;

/// <summary>
/// The Chinese shared documents in CDA R2: WS/T 500 (C0001 to C0053) and WS/T 483 (HSD…). Every one is kept whole and its header
/// mapped; what content/mappings/cda knows of its entries becomes records, and all else that is coded goes into one form.
/// </summary>
public sealed class CdaFormat(CdaContent content, CdaOptions? options = null) : IFormat
{
    private readonly CdaOptions options = options ?? CdaOptions.Default;

    public string Name => "cda";

    public IAsyncEnumerable<RawUnit> SplitAsync(Stream stream, CancellationToken cancel = default) =>
        CdaSplitter.SplitAsync(stream, options.MaxBytes, cancel);

    public IReadOnlyList<MappedUnit> Map(RawUnit unit, SenderNames names)
    {
        var findings = new FindingList();
        if (unit.Bytes.Length > options.MaxBytes)
        {
            findings.Add(new Finding(CdaFindings.TooLarge, Severity.Error, "/", [options.MaxBytes.ToString()], 1, 1));
            return [Refused(findings)];
        }

        if (unit.Bytes.Span.IndexOfAnyExcept(" \t\r\n\0"u8) < 0)
        {
            findings.Add(new Finding(CdaFindings.Empty, Severity.Error, "/", [], 1, 1));
            return [Refused(findings)];
        }

        var utf8 = SourceText.ToUtf8(unit.Bytes, findings);
        var table = utf8.IsEmpty ? null : XmlScanner.Scan(utf8, options, findings);
        if (table is null)
        {
            return [Refused(findings)];
        }

        var root = table.Root;
        if (root.Name != "ClinicalDocument")
        {
            CdaValue.Report(CdaFindings.NotADocument, root, findings, root.Name);
            return [Refused(findings)];
        }

        return [Map(root, unit.Bytes, names, findings)];
    }

    private static MappedUnit Refused(FindingList findings) => new([]) { Findings = findings.Items };

    private MappedUnit Map(XmlElement root, ReadOnlyMemory<byte> original, SenderNames names, FindingList findings)
    {
        var context = new DocumentContext(names, content, options, findings) { Type = TypeOf(root, findings) };
        var source = root.Child("id")["extension"] ?? root.Child("setId")["extension"] ?? "";
        if (DocumentRecords.KeyOf(root) is { } key)
        {
            context.DocumentKey = key;
        }
        else
        {
            context.DocumentKey = SourceKey.Document("sha256-" + Convert.ToHexStringLower(SHA256.HashData(original.Span)));
            CdaValue.Report(CdaFindings.NoIdentifier, root, findings);
        }

        var header = HeaderMapping.Read(root, context);
        if (header is null)
        {
            return new MappedUnit([]) { Source = source, Findings = findings.Items };
        }

        if (context.Made is null && root.Child("effectiveTime")["value"] is null)
        {
            CdaValue.Report(CdaFindings.NoTime, root, findings);
        }

        Body(root, header, original, context);
        return new MappedUnit(findings.HasErrors ? [] : Withdrawn(root, context))
        {
            Source = source,
            Findings = findings.Items,
            SaidAt = CdaTime.Instant(root.Child("effectiveTime")["value"]),
            TakesPlaceOf = findings.HasErrors ? [] : [context.DocumentKey, .. context.Replaced],
        };
    }

    private void Body(XmlElement root, HeaderMapping header, ReadOnlyMemory<byte> original, DocumentContext context)
    {
        var walk = new EntryWalk(context.Type, content, options, context.Findings);
        walk.Document(root);
        var document = walk.Drafts.Single("document");
        context.Time = document.Look("time")?.Value.Moment ?? context.Time;
        var encounter = walk.Drafts.Single("encounter");
        var visit = header.VisitKey
            ?? (encounter.Look("number")?.Value.Words is { } number && Mentions.Said(number) is not null ? SourceKey.Visit(number) : null)
            ?? (header.Encounter.Exists || !encounter.IsEmpty ? context.PartKey("encounter") : null);
        context.Encounter = visit is null ? null : new Target(names(visit));
        var diagnoses = EntryRecords.Write(walk, context);
        if (visit is not null)
        {
            EncounterRecord.Write(header, encounter, diagnoses, visit, context);
        }

        Patient(header, walk.Drafts.Single("patient"), context);
        // The visit's time is said on no record of its own where there is no visit: it stays in the form.
        if (document.Look("time") is { } time)
        {
            time.Draft = null;
        }

        Forms.Write(walk.Sections, context);
        DocumentRecords.Write(root, header, original, context);

        string names(string key) => context.Names.Reference("Encounter", key);
    }

    /// <summary>A mention, unless the document registers the person or tells of the death.</summary>
    private static void Patient(HeaderMapping header, Draft draft, DocumentContext context)
    {
        var death = draft.Take("deceased");
        var birth = draft.Take("birth");
        var isDead = death is not null && !death.Value.IsNothing;
        var body = PatientRecord.Write(header.PatientRole, header.Names, birth?.Value.Moment, death?.Value.Moment, isDead, context);
        // A birth to the minute, and a time that could not be read, are on the patient only in part.
        if (birth is not null)
        {
            birth.Draft = null;
        }

        if (death?.Value.Moment is null && death is not null)
        {
            death.Draft = null;
        }

        var isSaid = context.Type?.RegistersPatient == true || isDead;
        context.Add(new MappedRecord("Patient", header.PatientKey, body)
        {
            Intent = isSaid ? MappedIntent.Amend : MappedIntent.Put,
            IsMention = !isSaid,
        });
    }

    /// <summary>The records; or their withdrawal, where the feed means that by versionNumber -1 and the document says it.</summary>
    private IReadOnlyList<MappedRecord> Withdrawn(XmlElement root, DocumentContext context)
    {
        var version = root.Child("versionNumber")["value"] ?? root.Child("versionNumber").Text;
        if (version != "-1")
        {
            return context.Records;
        }

        if (!options.MinusOneWithdraws)
        {
            CdaValue.Report(CdaFindings.MinusOne, root.Child("versionNumber"), context.Findings, version);
            return context.Records;
        }

        var derived = context.Derived.ToHashSet(StringComparer.Ordinal);
        return context.Records
            .Where(r => derived.Contains(context.Names.Reference(r.Type, r.Key)) || (r.Type == "DocumentReference" && r.Key == context.DocumentKey))
            .Select(r => r with { Intent = MappedIntent.Withdraw })
            .ToList();
    }

    private CdaDocumentType? TypeOf(XmlElement root, FindingList findings)
    {
        var code = root.Child("code");
        var templates = root.Children("templateId").Select(t => t["root"]).OfType<string>().ToList();
        if (code["code"] is { } said && content.Types.TryGetValue(said, out var type))
        {
            if (templates.Count > 0 && !templates.Contains(type.Template, StringComparer.Ordinal))
            {
                CdaValue.Report(CdaFindings.OtherTemplate, root.Child("templateId"), findings, templates[0], type.Code, type.Template);
            }

            return type;
        }

        var guess = templates.Select(content.ByTemplate).FirstOrDefault(t => t is not null) ?? (root.Child("title").Text is { } title ? content.ByTitle(title) : null);
        if (guess is not null)
        {
            CdaValue.Report(CdaFindings.TypeGuessed, code.Exists ? code : root, findings, guess.Code);
        }
        else
        {
            CdaValue.Report(CdaFindings.UnknownType, code.Exists ? code : root, findings, code["code"] ?? "");
        }

        return guess;
    }
}
