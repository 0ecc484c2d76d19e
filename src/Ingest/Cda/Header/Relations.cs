using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Cda.Records;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda.Header;

/// <summary>Guardians, next of kin, contacts and those who told the history: RelatedPersons of the patient.</summary>
internal static class Relations
{
    private const string RoleCodes = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";

    public static void Write(XmlElement root, string patientKey, DocumentContext context)
    {
        foreach (var child in root.Elements)
        {
            switch (child.Name)
            {
                case "participant":
                    One(child.Child("associatedEntity"), child.Child("associatedEntity", "associatedPerson"), patientKey, context);
                    break;
                case "informant":
                    var told = child.Child("relatedEntity") is { Exists: true } related ? related : child.Child("assignedEntity");
                    One(told, told.Child("relatedPerson") is { Exists: true } person ? person : told.Child("assignedPerson"), patientKey, context);
                    break;
            }
        }

        foreach (var guardian in root.Child("recordTarget", "patientRole", "patient").Children("guardian"))
        {
            One(guardian, guardian.Child("guardianPerson"), patientKey, context);
        }
    }

    private static void One(XmlElement entity, XmlElement person, string patientKey, DocumentContext context)
    {
        if (Mentions.Said(Participants.NameOf(person)) is not { } name)
        {
            return;
        }

        var code = entity.Child("code");
        var relation = Mentions.Said(code["displayName"]) ?? Mentions.Said(code["code"]);
        var id = entity.Child("id");
        var number = Mentions.Said(id["extension"]) ?? Mentions.Said(person.Child("id")["extension"]);
        context.Mention("RelatedPerson", SourceKey.Part(patientKey, $"related|{relation}|{name}"), () =>
        {
            using var body = new FhirBody("RelatedPerson");
            if (number is not null)
            {
                body.Array("identifier");
                body.Identifier(null, (id["root"] ?? person.Child("id")["root"]) is { } oid ? context.Content.SystemOf(oid) : null, number);
                body.EndArray();
            }

            body.Reference("patient", context.Subject);
            Relationship(body, entity, code, context);
            Mentions.Name(body, name);
            PatientRecord.Telecom(body, entity.Children("telecom").Concat(person.Children("telecom")));
            body.Text("gender", PatientRecord.Gender(person.Child("administrativeGenderCode")));
            body.Text("birthDate", CdaTime.Day(person.Child("birthTime")["value"]));
            Addresses(body, entity);
            return body.Finish();
        }, name);
    }

    private static void Addresses(FhirBody body, XmlElement entity)
    {
        var said = entity.Children("addr").Where(a => Mentions.Said(a.DeepText(400)) is not null).ToList();
        if (said.Count > 0)
        {
            body.Array("address");
            said.ForEach(a => PatientRecord.Address(body, null, a, null));
            body.EndArray();
        }
    }

    private static void Relationship(FhirBody body, XmlElement entity, XmlElement code, DocumentContext context)
    {
        var role = entity["classCode"] switch { "GUARD" => "GUARD", "ECON" or "CON" => "ECON", "NOK" => "NOK", _ => null };
        var given = Mentions.Said(code["code"]);
        var words = Mentions.Said(code["displayName"]);
        if (role is null && entity.Name == "guardian")
        {
            role = "GUARD";
        }

        if (role is null && given is null && words is null)
        {
            return;
        }

        body.Array("relationship");
        body.Object();
        if (role is not null || given is not null)
        {
            body.Array("coding");
            if (role is not null)
            {
                body.Coding(null, role == "GUARD" ? RoleCodes : "http://terminology.hl7.org/CodeSystem/v3-RoleClass", role, null);
            }

            if (given is not null)
            {
                // GB/T 4761 where the sender says no table of its own.
                body.Coding(null, context.Content.SystemOf(code["codeSystem"] ?? "2.16.156.10011.2.3.3.8"), given, words);
            }

            body.EndArray();
        }

        body.Text("text", words);
        body.EndObject();
        body.EndArray();
    }
}
