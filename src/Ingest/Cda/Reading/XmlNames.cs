using System.Collections.Frozen;
using System.Text;

namespace Kangqiao.Ingest.Cda.Reading;

/// <summary>Local names, one string for each of those that documents use, and the misspellings that real senders made.</summary>
internal static class XmlNames
{
    private static readonly string[] Known =
    [
        "ClinicalDocument", "realmCode", "typeId", "templateId", "id", "code", "title", "effectiveTime", "confidentialityCode",
        "languageCode", "setId", "versionNumber", "recordTarget", "patientRole", "patientType", "patienttypeCode", "addr", "telecom",
        "patient", "name", "administrativeGenderCode", "birthTime", "maritalStatusCode", "ethnicGroupCode", "nationality", "age",
        "birthplace", "place", "household", "nativePlace", "employerOrganization", "occupation", "occupationCode", "educationLevel",
        "educationLevelCode", "guardian", "guardianPerson", "providerOrganization", "asOrganizationPartOf", "wholeOrganization",
        "author", "time", "assignedAuthor", "assignedPerson", "assignedAuthoringDevice", "representedOrganization",
        "professionalTechnicalPosition", "professionaltechnicalpositionCode", "dataEnterer", "informant", "relatedEntity",
        "relatedPerson", "custodian", "assignedCustodian", "representedCustodianOrganization", "informationRecipient",
        "intendedRecipient", "informationRecipientPerson", "receivedOrganization", "legalAuthenticator", "signatureCode", "signatureText",
        "assignedEntity", "authenticator", "participant", "associatedEntity", "associatedPerson", "scopingOrganization", "inFulfillmentOf",
        "order", "priorityCode", "documentationOf", "serviceEvent", "relatedDocument", "parentDocument", "componentOf",
        "encompassingEncounter", "dischargeDispositionCode", "responsibleParty", "encounterParticipant", "location", "healthCareFacility",
        "serviceProviderOrganization", "component", "structuredBody", "nonXMLBody", "section", "text", "entry", "observation", "organizer",
        "act", "procedure", "substanceAdministration", "supply", "encounter", "observationMedia", "regionOfInterest", "statusCode", "value",
        "entryRelationship", "qualifier", "originalText", "translation", "reference", "participantRole", "playingEntity", "playingDevice",
        "desc", "performer", "specimen", "specimenRole", "specimenPlayingEntity", "subject", "relatedSubject", "methodCode",
        "targetSiteCode", "interpretationCode", "referenceRange", "observationRange", "routeCode", "doseQuantity", "rateQuantity",
        "maxDoseQuantity", "administrationUnitCode", "consumable", "manufacturedProduct", "manufacturedLabeledDrug", "manufacturedMaterial",
        "manufacturerOrganization", "lotNumberText", "repeatNumber", "approachSiteCode", "low", "high", "width", "center", "numerator",
        "denominator", "houseNumber", "streetName", "township", "county", "city", "state", "postalCode", "country", "streetAddressLine",
        "family", "given", "prefix", "suffix", "root", "extension", "codeSystem", "codeSystemName", "codeSystemVersion", "displayName",
        "unit", "currency", "nullFlavor", "type", "use", "typeCode", "classCode", "moodCode", "determinerCode", "contextControlCode",
        "negationInd", "mediaType", "representation", "inversionInd", "contextConductionInd", "schemaLocation", "paragraph", "content", "br",
        "table", "thead", "tbody", "tr", "td", "th", "list", "item", "caption", "renderMultiMedia", "lengthOfStayQuantity", "asEmployee",
        "quantity", "sequenceNumber", "precondition", "criterion", "externalDocument", "desc",
    ];

    // As seen in documents and templates in use (the public template collection for WS/T 500 has the first three).
    private static readonly (string Wrong, string Right)[] Misspellings =
    [
        ("entryReationship", "entryRelationship"), ("representedOrganiztion", "representedOrganization"),
        ("partivipantRole", "participantRole"), ("codesystem", "codeSystem"), ("codeSystemame", "codeSystemName"),
        ("displayname", "displayName"), ("entryRelationShip", "entryRelationship"), ("clinicalDocument", "ClinicalDocument"),
        ("structureBody", "structuredBody"), ("birthtime", "birthTime"), ("nullflavor", "nullFlavor"),
    ];

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Table = Known.Distinct(StringComparer.Ordinal)
        .ToFrozenDictionary(n => n, n => n, StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, string> Corrections =
        Misspellings.ToFrozenDictionary(m => m.Wrong, m => m.Right, StringComparer.Ordinal);

    /// <summary>The local name of a qualified one.</summary>
    /// <param name="wrong">What was written, if that is a known misspelling of the name returned.</param>
    public static string Local(ReadOnlySpan<byte> qualified, out string? wrong)
    {
        wrong = null;
        var colon = qualified.LastIndexOf((byte)':');
        var local = colon < 0 ? qualified : qualified[(colon + 1)..];
        if (local.Length <= 48)
        {
            Span<char> chars = stackalloc char[48];
            var count = Encoding.UTF8.GetChars(local, chars);
            if (Table.TryGetValue(chars[..count], out var known))
            {
                return known;
            }
        }

        var name = Encoding.UTF8.GetString(local);
        if (Corrections.TryGetValue(name, out var right))
        {
            wrong = name;
            return right;
        }

        return name;
    }
}
