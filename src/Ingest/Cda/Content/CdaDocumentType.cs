namespace Kangqiao.Ingest.Cda.Content;

/// <summary>One of the 73 shared documents, as content/mappings/cda/documents tells it.</summary>
/// <param name="Code">"C0007", "HSDC00.01".</param>
/// <param name="Template">OID of its template.</param>
public sealed record CdaDocumentType(string Code, string Title, string Template)
{
    /// <summary>AMB, EMER or IMP (v3-ActCode) where the type decides it.</summary>
    public string? EncounterClass { get; init; }

    /// <summary>"LAB" or "RAD" where the document is a report.</summary>
    public string? Report { get; init; }

    /// <summary>What operations it names are still to come (consents, plans before an operation).</summary>
    public bool IsPlanned { get; init; }

    /// <summary>It is what this institution has to say on the stay as a whole: the front page of an inpatient record.</summary>
    public bool ClosesEncounter { get; init; }

    /// <summary>It registers the person, so that its header is the person's record and not a mention.</summary>
    public bool RegistersPatient { get; init; }

    /// <summary>Its prescriptions are of herbs, taken together as one decoction.</summary>
    public bool IsHerbal { get; init; }

    /// <summary>The request that the document itself is: "referral", "consultation"; null for none.</summary>
    public string? Request { get; init; }

    public IReadOnlyList<CdaDocumentSection> Sections { get; init; } = [];

    public IReadOnlyList<CdaDocumentElement> Elements { get; init; } = [];
}

/// <param name="Code">LOINC, or null for a section that has only its title.</param>
public sealed record CdaDocumentSection(string? Code, string Title);

/// <param name="Section">LOINC or title of the section it belongs to; null where the source does not say.</param>
/// <param name="DataType">CD, ST, PQ, BL, TS, INT or MO.</param>
/// <param name="Table">CV code of its value table, or null.</param>
public sealed record CdaDocumentElement(string? Section, string Element, string Name, string DataType, string? Table, string? Unit);
