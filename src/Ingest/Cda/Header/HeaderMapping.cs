using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Cda.Records;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda.Header;

/// <summary>What a document's header says, after it has been given to the context: who signed, where, and for what visit.</summary>
internal sealed class HeaderMapping
{
    public required PatientNames Names { get; init; }

    public required string PatientKey { get; init; }

    public XmlElement PatientRole { get; init; }

    public List<Target> Authors { get; } = [];

    /// <summary>The legal authenticator first, each with the role it signs in.</summary>
    public List<(string? Role, Target Who)> Signers { get; } = [];

    public Target? Authenticator { get; private set; }

    public Places Places { get; private set; } = new(null, null, null);

    public string? VisitKey { get; private set; }

    public XmlElement Encounter { get; private set; }

    public string? PatientType { get; private set; }

    /// <summary>Null, with a finding, where the document names no patient.</summary>
    public static HeaderMapping? Read(XmlElement root, DocumentContext context)
    {
        var role = root.Child("recordTarget", "patientRole");
        var names = PatientNames.Read(role);
        if (names.Key(OtherNumbers(root)) is not { } key)
        {
            CdaValue.Report(CdaFindings.NoPatient, root.Child("recordTarget") is { Exists: true } target ? target : root, context.Findings);
            return null;
        }

        var header = new HeaderMapping { Names = names, PatientKey = key, PatientRole = role };
        header.Take(root, context);
        return header;
    }

    private void Take(XmlElement root, DocumentContext context)
    {
        var patientName = Mentions.Said(Participants.NameOf(PatientRole.Child("patient")));
        context.Subject = new Target(context.Names.Reference("Patient", PatientKey), patientName);
        context.ReportNumber = Names.Report;
        context.PrescriptionNumber = Names.Prescription;
        context.SpecimenNumber = Names.Specimen;
        context.OrderNumber = Names.Order ?? Mentions.Said(root.Child("inFulfillmentOf", "order", "id")["extension"]);
        var custodian = root.Child("custodian", "assignedCustodian", "representedCustodianOrganization");
        context.Custodian = Mentions.Organization(custodian.Child("id")["extension"], custodian.Child("name").Text, context);
        foreach (var author in root.Children("author"))
        {
            Author(author, context);
        }

        context.Author = Authors.Count > 0 ? Authors[0] : null;
        context.Made = Statement.Stamp(root.Child("effectiveTime"), context.Findings);
        context.Time = Authors.Count > 0 ? Statement.Stamp(root.Child("author", "time"), context.Findings) : null;
        foreach (var signer in root.Children("legalAuthenticator").Concat(root.Children("authenticator")))
        {
            Sign(signer, context);
        }

        Authenticator = Signers.Count > 0 ? Signers[0].Who : null;

        Encounter = root.Child("componentOf", "encompassingEncounter");
        Places = Places.Read(Encounter.Child("location", "healthCareFacility"), context);
        PatientType = PatientRole.Child("patientType", "patienttypeCode")["code"];
        var isInpatient = context.Type?.EncounterClass == "IMP" || PatientType == "3";
        var number = Names.Visit ?? Mentions.Said(Encounter.Child("id")["extension"])
            ?? (isInpatient ? Names.Inpatient ?? Names.Outpatient : Names.Outpatient ?? Names.Inpatient);
        VisitKey = number is not null ? SourceKey.Visit(number) : null;
        Relations.Write(root, PatientKey, context);
    }

    private void Author(XmlElement author, DocumentContext context)
    {
        var assigned = author.Child("assignedAuthor");
        var person = Mentions.Practitioner(assigned.Child("id")["extension"], Participants.NameOf(assigned.Child("assignedPerson")), context);
        var organization = assigned.Child("representedOrganization");
        var place = Mentions.Organization(organization.Child("id")["extension"], organization.Child("name").Text, context);
        if ((person ?? place) is { } target)
        {
            Authors.Add(target);
        }
    }

    private void Sign(XmlElement signer, DocumentContext context)
    {
        var assigned = signer.Child("assignedEntity");
        if (Mentions.Practitioner(assigned.Child("id")["extension"], Participants.NameOf(assigned.Child("assignedPerson")), context) is { } who)
        {
            Signers.Add((Mentions.Said(assigned.Child("code")["displayName"]), who));
        }
    }

    private static HashSet<string> OtherNumbers(XmlElement root)
    {
        var numbers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var child in root.Elements)
        {
            var entity = child.Name switch
            {
                "participant" => child.Child("associatedEntity"),
                "informant" => child.Child("assignedEntity") is { Exists: true } assigned ? assigned : child.Child("relatedEntity"),
                _ => default,
            };
            foreach (var id in entity.Children("id").Concat(entity.Child("associatedPerson").Children("id")))
            {
                if (id["extension"] is { } number)
                {
                    numbers.Add(number);
                }
            }
        }

        foreach (var id in root.Child("recordTarget", "patientRole", "patient").Children("guardian").SelectMany(g => g.Children("id")))
        {
            if (id["extension"] is { } number)
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }
}
