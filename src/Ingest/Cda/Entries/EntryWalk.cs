using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Cda.Content;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Entries;

/// <summary>A section as read: where it stands, its words, and what its entries say.</summary>
internal sealed record SectionRead(SectionContext Context, string? Narrative, List<Statement> Entries);

/// <summary>Goes through a document's sections and gives each statement to the draft it belongs to.</summary>
internal sealed class EntryWalk(CdaDocumentType? type, CdaContent content, CdaOptions options, FindingList findings)
{
    private const int MaxNarrative = 64 * 1024;

    private readonly HashSet<string> unknown = new(StringComparer.Ordinal);
    private readonly HashSet<string> expected = type is null ? [] : type.Elements.Select(e => e.Element).ToHashSet(StringComparer.Ordinal);

    public Drafts Drafts { get; } = new(type);

    public List<SectionRead> Sections { get; } = [];

    public void Document(XmlElement root)
    {
        var body = root.Children("component").Select(c => c.Child("structuredBody")).FirstOrDefault(b => b.Exists);
        if (body.Exists)
        {
            foreach (var component in body.Elements)
            {
                Section(component.Name == "section" ? component : component.Child("section"));
            }
        }

        // component/section straight under the root, as the public template collection has it.
        var isMisplaced = false;
        foreach (var component in root.Children("component"))
        {
            if (component.Child("section") is { Exists: true } section)
            {
                isMisplaced = true;
                Section(section);
            }
        }

        if (isMisplaced)
        {
            CdaValue.Report(CdaFindings.Misplaced, root, findings);
        }
        else if (!body.Exists)
        {
            CdaValue.Report(CdaFindings.NotStructured, root, findings);
        }

        Drafts.Settle();
    }

    private void Section(XmlElement source)
    {
        if (!source.Exists)
        {
            return;
        }

        var code = source.Child("code");
        var loinc = code["code"];
        var title = source.Child("title").Text ?? code["displayName"] ?? loinc ?? "";
        var context = new SectionContext(loinc, title, content.RoleOf(loinc) ?? content.RoleOf(title));
        var section = new SectionRead(context, source.Child("text").DeepText(MaxNarrative), []);
        Sections.Add(section);
        foreach (var entry in source.Children("entry"))
        {
            foreach (var statement in Statement.Of(entry, options, findings))
            {
                section.Entries.Add(statement);
                Take(statement, context);
            }
        }

        // Sections hold sections (CDA R2, component5).
        foreach (var component in source.Children("component"))
        {
            foreach (var inner in component.Children("section"))
            {
                Section(inner);
            }
        }
    }

    private void Take(Statement statement, SectionContext section)
    {
        var rule = content.RuleFor(type, statement, section);
        switch (statement.Kind)
        {
            case "substanceAdministration" or "supply":
                Drafts.Open(section.Code == "11369-6" ? "immunization" : "medication", statement, section);
                break;
            case "procedure":
                Drafts.Open("procedure", statement, section);
                break;
            default:
                if (!statement.SaysNothing)
                {
                    Observe(statement, rule, section);
                }

                break;
        }

        foreach (var part in statement.Parts)
        {
            Take(part, section);
        }
    }

    private void Observe(Statement statement, CdaRule? rule, SectionContext section)
    {
        if (rule is not null)
        {
            if (!statement.Value.IsNothing || !statement.Time.IsNothing)
            {
                Drafts.Place(statement, rule, section);
            }

            return;
        }

        // A result under the laboratory's own code instead of under the data element for a result.
        if (statement is { Kind: "observation", Element: not null, Value.IsNothing: false } && !Participants.IsDataElement(statement.Element))
        {
            Drafts.Place(statement, type?.Report == "LAB" || section.Code == "30954-2" ? OwnResult : OwnObservation, section);
            return;
        }

        if (statement.Value.Kind == ValueKind.Money || (statement.Element?.StartsWith("DE07.00.", StringComparison.Ordinal) == true && statement.Value.Kind == ValueKind.Quantity))
        {
            Drafts.Place(statement, Charge, section);
            return;
        }

        if (statement.Element is { } element && Participants.IsDataElement(element) && !expected.Contains(element) && unknown.Add(element) && type is not null)
        {
            CdaValue.Report(CdaFindings.UnknownElement, statement.Source, findings, element, type.Code);
        }
    }

    private static readonly CdaRule OwnResult = new("observation", "value") { Category = "laboratory" };
    private static readonly CdaRule OwnObservation = new("observation", "value") { Category = "exam" };
    private static readonly CdaRule Charge = new("fee", "item");
}
