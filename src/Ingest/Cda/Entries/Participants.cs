using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Entries;

/// <summary>Who takes part in an entry, from performer, author, informant and participant.</summary>
internal static class Participants
{
    public static void Read(XmlElement source, Statement owner, CdaOptions options, FindingList findings)
    {
        var role = First(source.Child("assignedEntity"), source.Child("assignedAuthor"), source.Child("participantRole"), source.Child("relatedEntity"));
        var playing = role.Child("playingEntity");
        // What is consumed or caused is no person: the substance of an allergy hangs here (WS/T 500.32, 过敏史).
        if (source["typeCode"] is "CSM" or "CAGNT" || playing["classCode"] is "MMAT" or "MAT")
        {
            var substance = playing.Child("code");
            var name = playing.Child("desc").Text ?? playing.Child("name").Text;
            var value = name is not null && IsDataElement(substance["code"])
                ? CdaValue.Of(name)
                : CdaValue.Read(substance, options, findings) is { Kind: ValueKind.Code } coded ? coded with { Display = name ?? coded.Display }
                : name is null ? CdaValue.Nothing : CdaValue.Of(name);
            if (!value.IsNothing)
            {
                owner.Parts.Add(new Statement
                {
                    Source = playing, Kind = "datum", Parent = owner, Value = value,
                    Element = IsDataElement(substance["code"]) ? substance["code"] : "substance", Name = substance["displayName"] ?? "",
                });
            }

            return;
        }

        var person = First(role.Child("assignedPerson"), role.Child("relatedPerson"), playing);
        var organization = First(role.Child("representedOrganization"), role.Child("scopingEntity"));
        var whole = organization.Child("asOrganizationPartOf", "wholeOrganization");
        var participation = new Participation(
            source.Name,
            role.Child("code")["displayName"],
            role.Child("id")["extension"],
            NameOf(person),
            organization.Child("name").Text,
            whole.Child("name").Text,
            Statement.Stamp(source.Child("time"), findings));
        if (participation.Name is not null || participation.StaffNumber is not null || participation.Organization is not null || participation.Time is not null)
        {
            owner.People.Add(participation);
        }
    }

    public static string? NameOf(XmlElement person) => person.Child("name") is { Exists: true } name ? name.Text ?? name.DeepText(200) : null;

    public static bool IsDataElement(string? code) => code?.StartsWith("DE", StringComparison.Ordinal) == true;

    private static XmlElement First(params ReadOnlySpan<XmlElement> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (candidate.Exists)
            {
                return candidate;
            }
        }

        return default;
    }
}
