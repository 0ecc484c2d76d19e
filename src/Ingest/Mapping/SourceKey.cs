namespace Kangqiao.Ingest.Mapping;

/// <summary>
/// How a sender's keys are written, the same in every format, so that one hospital's HL7 v2 feed and its documents speak of
/// the same patient. A kind, a bar, and the value as sent, trimmed.
/// </summary>
public static class SourceKey
{
    /// <summary>The patient number of the sender's own system (HL7 v2 PID-3 of type MR, PI or none; 本地系统患者 ID).</summary>
    public static string Patient(string localId) => "pid|" + localId.Trim();

    /// <summary>A patient known only by the number of an outpatient card, an inpatient stay or a health record.</summary>
    /// <param name="kind">Short and lasting: "op" 门(急)诊号, "ip" 住院号, "hr" 健康档案编号, "id" a valid document's number.</param>
    public static string PatientBy(string kind, string value) => kind + "|" + value.Trim();

    /// <summary>A visit or a stay (PV1-19; 就诊流水号, 门(急)诊号 or 住院号 where there is no other).</summary>
    public static string Visit(string number) => "visit|" + number.Trim();

    /// <summary>An order by its placer's number (ORC-2, OBR-2; 电子申请单编号, 处方编号).</summary>
    public static string Placer(string number) => "placer|" + number.Trim();

    /// <summary>A result or report by its filler's number (ORC-3, OBR-3; 报告单号).</summary>
    public static string Filler(string number) => "filler|" + number.Trim();

    /// <summary>A clinical document in all its versions (CDA setId, TXA-12).</summary>
    public static string Document(string setId) => "doc|" + setId.Trim();

    /// <summary>A part that has no number of its own, inside what has one.</summary>
    /// <param name="part">Lasting in the sender's own terms: an item's code with its sub-id rather than a place in a list.</param>
    public static string Part(string whole, string part) => whole + "|" + part.Trim();

    /// <summary>A member of staff by the number that the sender gives them (HL7 v2 XCN.1; 工号).</summary>
    public static string Staff(string number) => "staff|" + number.Trim();

    /// <summary>An organisation or department by number, else by name (HL7 v2 XON; 科室代码).</summary>
    public static string Organization(string numberOrName) => "org|" + numberOrName.Trim();

    /// <summary>A ward, room or bed: the names from the larger to the smaller, with a slash between.</summary>
    public static string Place(string path) => "place|" + path.Trim();

    /// <summary>A record known by a business identifier that is not registered for the sender (a condition in FHIR: identifier=system|value).</summary>
    public static string Identifier(string system, string value) => $"ident|{system}|{value.Trim()}";

    /// <summary>By a business identifier that is registered for the sender.</summary>
    public static string Business(string kind, string value) => $"{kind}|{value.Trim()}";
}
