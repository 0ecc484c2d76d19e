namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>What a field holds and how it becomes FHIR, as content/mappings/hl7v2/segments.map names it.</summary>
internal enum ValueKind
{
    /// <summary>CX → Identifier. The argument is the type where CX.5 has none.</summary>
    Cx,

    /// <summary>EI → Identifier. The argument is its type.</summary>
    Ei,

    /// <summary>A resident's identity number → Identifier.</summary>
    IdCard,

    /// <summary>A prescription's number → Identifier.</summary>
    Presc,

    /// <summary>An insurance policy's number → Identifier.</summary>
    Policy,

    /// <summary>XPN → HumanName.</summary>
    Xpn,

    /// <summary>XAD → Address.</summary>
    Xad,

    /// <summary>XTN → ContactPoint. The argument is the use where XTN.2 has none.</summary>
    Xtn,

    /// <summary>CWE, CE, CNE, IS, ID → CodeableConcept, by a code map or of a coding table.</summary>
    Cwe,

    /// <summary>The same → Coding.</summary>
    Coding,

    /// <summary>The same → code, by a code map; nothing where the map has none.</summary>
    Code,

    /// <summary>Any text → CodeableConcept with text alone.</summary>
    Words,

    /// <summary>ST, TX, FT → string.</summary>
    Text,

    /// <summary>A second name for what a code names → string.</summary>
    AltText,

    /// <summary>ST, TX, FT → Annotation.</summary>
    Note,

    /// <summary>DTM → date.</summary>
    Date,

    /// <summary>DTM → dateTime.</summary>
    Time,

    /// <summary>DTM → instant; nothing where the time of day is not said.</summary>
    Instant,

    /// <summary>DTM with a time of day → the extension patient-birthTime.</summary>
    BirthTime,

    /// <summary>ID Y/N → boolean.</summary>
    Bool,

    /// <summary>NM, SI → integer.</summary>
    Int,

    /// <summary>NM → decimal.</summary>
    Decimal,

    /// <summary>NM of a vaccine → decimal; 999 says that it is not known.</summary>
    Dose,

    /// <summary>NM → Duration in days.</summary>
    Days,

    /// <summary>CQ → Quantity.</summary>
    Quantity,

    /// <summary>CWE → unit, system and code of the Quantity the path names.</summary>
    Unit,

    /// <summary>XCN, CNN → Reference to a Practitioner.</summary>
    Person,

    /// <summary>NDL → Reference to a Practitioner.</summary>
    Ndl,

    /// <summary>XCN → Encounter.participant. The argument is the v3-ParticipationType.</summary>
    Attends,

    /// <summary>XCN → performer with function and actor. The argument is the function.</summary>
    Performs,

    /// <summary>XCN → performer with actor.</summary>
    Dispenses,

    /// <summary>XON → Reference to an Organization.</summary>
    Org,

    /// <summary>CWE (table 0227) → Reference to an Organization that makes a vaccine.</summary>
    Maker,

    /// <summary>PL, LA1, DLD → Reference to a Location.</summary>
    Place,

    /// <summary>CWE (table 0430) → the extension encounter-modeOfArrival.</summary>
    Arrival,

    /// <summary>CWE → Coverage.class of type plan.</summary>
    PlanClass,

    /// <summary>ST → Coverage.class of type group.</summary>
    GroupClass,
}
