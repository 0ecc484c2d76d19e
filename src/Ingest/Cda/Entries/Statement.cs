using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Entries;

/// <summary>A person or place of work that takes part in an entry.</summary>
/// <param name="Role">What the sender calls the part: 手术者, Ⅰ助, 医嘱审核人.</param>
internal sealed record Participation(string Kind, string? Role, string? StaffNumber, string? Name, string? Organization, string? Department, string? Time);

/// <summary>
/// One thing that a section's entry says: observation, organizer, act, procedure, medication, with what hangs below it. The
/// clinical statement of CDA R2 without its plumbing.
/// </summary>
internal sealed class Statement
{
    public required XmlElement Source { get; init; }

    public required string Kind { get; init; }

    /// <summary>DE code of the data element, or whatever code stands there; null for a bare organizer.</summary>
    public string? Element { get; init; }

    public string? ElementSystem { get; init; }

    /// <summary>The sender's name for it, with qualifiers: tells 主要诊断 from 其他诊断 where the code is one.</summary>
    public string Name { get; init; } = "";

    /// <summary>Qualifiers only.</summary>
    public string? Qualifier { get; init; }

    public CdaValue Value { get; init; } = CdaValue.Nothing;

    public CdaValue Time { get; init; } = CdaValue.Nothing;

    public List<Statement> Parts { get; } = [];

    public List<Participation> People { get; } = [];

    public Statement? Parent { get; set; }

    public bool IsNegated { get; init; }

    /// <summary>The draft of the record that has it; null while only the form can.</summary>
    public Draft? Draft { get; set; }

    public bool SaysNothing => Value.IsNothing && Parts.Count == 0 && Time.IsNothing && People.Count == 0;

    private static readonly string[] Kinds =
        ["observation", "organizer", "act", "procedure", "substanceAdministration", "supply", "encounter", "observationMedia", "regionOfInterest"];

    public static IEnumerable<Statement> Of(XmlElement entry, CdaOptions options, FindingList findings)
    {
        foreach (var child in entry.Elements)
        {
            if (Array.IndexOf(Kinds, child.Name) >= 0)
            {
                yield return Read(child, options, findings);
            }
        }
    }

    private static Statement Read(XmlElement source, CdaOptions options, FindingList findings)
    {
        var code = source.Child("code");
        var qualifier = code.Child("qualifier", "name")["displayName"] ?? code.Child("qualifier", "value")["displayName"];
        var statement = new Statement
        {
            Source = source,
            Kind = source.Name,
            Element = code["code"],
            ElementSystem = code["codeSystem"],
            Qualifier = qualifier,
            Name = code["displayName"] ?? code.Child("originalText").Text ?? qualifier ?? "",
            Value = source.Name == "observationMedia" ? new CdaValue(ValueKind.Data) { Element = source.Child("value") } : CdaValue.Read(source.Child("value"), options, findings),
            Time = TimeOf(source.Child("effectiveTime"), options, findings),
            IsNegated = source["negationInd"] == "true",
        };
        foreach (var child in source.Elements)
        {
            switch (child.Name)
            {
                case "entryRelationship" or "component":
                    foreach (var part in Of(child, options, findings))
                    {
                        part.Parent = statement;
                        statement.Parts.Add(part);
                    }

                    break;
                case "performer" or "author" or "informant" or "participant" or "responsibleParty":
                    Participants.Read(child, statement, options, findings);
                    break;
                case "methodCode" or "targetSiteCode" or "interpretationCode" or "priorityCode" or "approachSiteCode":
                    AddDatum(statement, child, options, findings);
                    break;
                case "specimen":
                    AddDatum(statement, child.Child("specimenRole", "specimenPlayingEntity", "code"), options, findings);
                    break;
                case "referenceRange":
                    AddDatum(statement, child.Child("observationRange", "value"), options, findings, "referenceRange");
                    AddDatum(statement, child.Child("observationRange", "text"), options, findings, "referenceRange");
                    break;
                case "text" when source.Name is not "organizer":
                    AddDatum(statement, child, options, findings);
                    break;
                case "consumable" or "product" or "doseQuantity" or "rateQuantity" or "routeCode" or "administrationUnitCode" or "maxDoseQuantity" or "repeatNumber":
                    Consumables.Read(child, statement, options, findings);
                    break;
            }
        }

        return statement;
    }

    /// <summary>What CDA says beside the value becomes a part with the CDA element's name for its code.</summary>
    internal static void AddDatum(Statement owner, XmlElement datum, CdaOptions options, FindingList findings, string? name = null)
    {
        var value = CdaValue.Read(datum, options, findings);
        if (!value.IsNothing)
        {
            owner.Parts.Add(new Statement { Source = datum, Kind = "datum", Element = name ?? datum.Name, Value = value, Parent = owner });
        }
    }

    private static CdaValue TimeOf(XmlElement time, CdaOptions options, FindingList findings)
    {
        if (!time.Exists)
        {
            return CdaValue.Nothing;
        }

        if (time.Child("low").Exists || time.Child("high").Exists)
        {
            var low = Stamp(time.Child("low"), findings);
            var high = Stamp(time.Child("high"), findings);
            return low is null && high is null ? CdaValue.Nothing : new CdaValue(ValueKind.TimeRange) { Low = low, High = high };
        }

        return CdaValue.OfTime(Stamp(time, findings));
    }

    internal static string? Stamp(XmlElement time, FindingList findings)
    {
        var text = time["value"] ?? time.Text;
        if (text is null)
        {
            return null;
        }

        var stamp = CdaTime.DateTime(text);
        if (stamp is null)
        {
            CdaValue.Report(CdaFindings.Time, time, findings, text);
        }

        return stamp;
    }
}
