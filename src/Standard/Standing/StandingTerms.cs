using Kangqiao.Fhir.Reading;
using Kangqiao.Standard.Making;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Standard.Standing;

/// <summary>
/// Terms of records that bear on who may see a person's other records: consents, and what shows that an institution is treating the
/// person. Few records have them, so that whoever decides finds all that bears on a person with one short question.
/// </summary>
public static class StandingTerms
{
    /// <summary>Who alone may write grants of emergency access; no institution can have this code.</summary>
    public const string EmergencySender = "kangqiao-access";

    /// <summary>Our own codes for what the platform says of access.</summary>
    public const string System = "https://kangqiao.dev/fhir/CodeSystem/access";

    public const string BreakGlass = "break-glass";

    /// <summary>Until when an emergency access holds, and for which institution's viewers.</summary>
    public const string UntilExtension = "https://kangqiao.dev/fhir/StructureDefinition/access-until";
    public const string InstitutionExtension = "https://kangqiao.dev/fhir/StructureDefinition/access-institution";

    /// <summary>Tag of a record that is reported to the authority as a case.</summary>
    public const string Case = "case";

    private const char TagKind = 'c';
    private const char BearsKind = 'g';
    private const char TreatingKind = 'o';
    private const string Referral = "3457005";

    private static readonly string BearsTerm = RecordLabels.Label(BearsKind, "1");

    /// <summary>Records that bear on access.</summary>
    public static TermQuery Bearing { get; } = RecordLabels.Is(BearsKind, "1");

    /// <summary>Records by which this institution is treating somebody.</summary>
    public static TermQuery TreatedBy(string institution) => TermQuery.Is(Treating(institution));

    /// <summary>Records with one of our own tags.</summary>
    public static TermQuery Tagged(string tag) => RecordLabels.Is(TagKind, tag);

    /// <summary>Adds what a resource says; nothing for most.</summary>
    /// <param name="sender">Code of the institution that sent it; empty for our own.</param>
    public static void Add(Element resource, string sender, ref List<string>? to)
    {
        if (IsCase(resource))
        {
            (to ??= []).Add(RecordLabels.Label(TagKind, Case));
        }

        switch (resource.Type.Name)
        {
            case "Consent" when Status(resource) is "active":
            case "Communication" when sender == EmergencySender && HasCode(resource, "category", System, BreakGlass):
                (to ??= []).Add(BearsTerm);
                break;
            case "Encounter" when Status(resource) is "planned" or "arrived" or "triaged" or "in-progress" or "onleave":
            case "Appointment" when Status(resource) is "proposed" or "pending" or "booked" or "arrived" or "checked-in" or "waitlist":
            case "EpisodeOfCare" when Status(resource) is "planned" or "waitlist" or "active" or "onhold":
            case "CareTeam" when Status(resource) is "active":
            case "ServiceRequest" when Status(resource) is "active" && HasCode(resource, "category", "http://snomed.info/sct", Referral):
                (to ??= []).Add(BearsTerm);
                foreach (var institution in Institutions(resource, sender))
                {
                    to.Add(Treating(institution));
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Codes of the institutions that a record shows to be treating its patient.</summary>
    public static IReadOnlyList<string> Institutions(Element resource, string sender)
    {
        // To whom a patient is referred is treating; who refers has shown it otherwise.
        var isReferral = resource.Type.Name == "ServiceRequest";
        if (!isReferral && sender.Length > 0)
        {
            return [sender];
        }

        var found = new List<string>();
        foreach (var name in (string[])["serviceProvider", "managingOrganization", "performer"])
        {
            foreach (var reference in resource.ChildrenNamed(name))
            {
                if (!reference.IsPrimitive && reference.ChildText("reference") is { } text && text.Split('/') is ["Organization", { Length: > 0 and <= 64 } id])
                {
                    found.Add(id);
                }
            }
        }

        return found;
    }

    private static bool IsCase(Element resource)
    {
        var meta = resource.Child("meta");
        if (!meta.Exists)
        {
            return false;
        }

        foreach (var tag in meta.ChildrenNamed("tag"))
        {
            if (tag.ChildText("code") == Case && tag.ChildText("system") == System)
            {
                return true;
            }
        }

        return false;
    }

    private static string Treating(string institution) => RecordLabels.Label(TreatingKind, SenderLabel.Code(institution));

    private static string? Status(Element resource) => resource.ChildText("status");

    private static bool HasCode(Element resource, string name, string system, string code)
    {
        foreach (var concept in resource.ChildrenNamed(name))
        {
            foreach (var coding in concept.ChildrenNamed("coding"))
            {
                if (coding.ChildText("code") == code && coding.ChildText("system") == system)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
