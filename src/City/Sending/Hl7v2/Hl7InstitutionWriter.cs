using System.Buffers;
using System.Text;
using Kangqiao.City.Lives;
using Kangqiao.City.People;
using Kangqiao.City.Places;

namespace Kangqiao.City.Sending.Hl7v2;

/// <summary>Institutions whose systems speak HL7 v2.5, in UTF-8 or GB18030 as MSH-18 says: one message after another.</summary>
internal sealed class Hl7InstitutionWriter(Encoding encoding, string charset, string city) : IInstitutionWriter
{
    public const string Suffix = ".hl7";

    public static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    private readonly MessageText text = new();

    public static Hl7InstitutionWriter InUtf8(string city) => new(new UTF8Encoding(false), "UNICODE UTF-8", city);

    public static Hl7InstitutionWriter InGb18030(string city) => new(Gb18030, "GB 18030-2000", city);

    public void Introduce(SourcePatient patient, DateTime said, bool isNew, Outbox outbox)
    {
        var number = $"A{patient.LocalId}{said:yyMMddHHmm}";
        Header(patient.Institution, isNew ? "ADT^A28^ADT_A05" : "ADT^A31^ADT_A05", number, said);
        text.Segment("EVN", "", MessageText.Time(said));
        Patient(patient);
        text.Segment("PV1", "1", "N");
        Insurance(patient);
        Send(patient.Institution, said, outbox);
    }

    public void Write(Happening happening, Outbox outbox)
    {
        switch (happening)
        {
            case Visit visit:
                WriteVisit(visit, outbox);
                break;
            case Vaccination vaccination:
                WriteVaccination(vaccination, outbox);
                break;
            case Enrolment enrolment:
                Header(enrolment.Institution, "PPR^PC1^PPR_PC1", enrolment.Number, enrolment.SaidAt);
                Patient(enrolment.Patient);
                text.Segment("PRB", "AD", MessageText.Time(enrolment.At), $"{enrolment.Programme}^{enrolment.ProgrammeName}^L", enrolment.Number);
                Send(enrolment.Institution, enrolment.SaidAt, outbox);
                break;
            case DeathNotice death:
                Header(death.Institution, "ADT^A31^ADT_A05", death.Number, death.SaidAt);
                text.Segment("EVN", "", MessageText.Time(death.SaidAt));
                Patient(death.Patient, death.SaidAt);
                text.Segment("PV1", "1", "N");
                text.Segment("DG1", "1", "", $"{death.Cause.Code}^{death.Cause.Name}^I10", "根本死因", MessageText.Time(death.At), "F");
                Send(death.Institution, death.SaidAt, outbox);
                break;
        }
    }

    public string Mistake(string kind, Visit after, string number, Outbox outbox)
    {
        var control = "X" + number;
        var patient = after.Patient;
        switch (kind)
        {
            case "impossible-value":
                Header(after.Institution, "ORU^R01^ORU_R01", control, after.SaidAt);
                Patient(patient);
                PatientVisit(after, after.At, after.End);
                text.Segment("OBR", "1", control, control, "VITAL^生命体征^L", "", "", MessageText.Time(after.At));
                text.Segment("OBX", "1", "NM", "8480-6^收缩压^LN", "", "1200", "mm[Hg]^mm[Hg]^UCUM", "", "", "", "", "F", "", "", MessageText.Time(after.At));
                break;
            case "future-date":
                Visited(after, "ADT^A04^ADT_A01", control, after.At.AddYears(3), after.At.AddYears(3).AddHours(1));
                break;
            case "discharge-before-admission":
                Visited(after, "ADT^A03^ADT_A03", control, after.At, after.At.AddDays(-3));
                break;
            case "duplicate":
                control = after.Number + "-A";
                Visited(after, after.IsInpatient ? "ADT^A01^ADT_A01" : "ADT^A04^ADT_A01", control, after.At, after.End);
                break;
            case "broken":
                Header(after.Institution, "ADT^A04^ADT_A01", control, after.SaidAt);
                var cut = text.Take();
                Send(cut[..(cut.IndexOf(control, StringComparison.Ordinal) + control.Length)] + "\r", encoding, after.Institution, after.SaidAt, outbox);
                return control;
            case "wrong-charset":
                Visited(after, "ADT^A04^ADT_A01", control, after.At, after.End);
                var other = encoding.CodePage == Encoding.UTF8.CodePage ? Gb18030 : Encoding.UTF8;
                Send(text.Take(), other, after.Institution, after.SaidAt, outbox);
                return control;
            default:
                Header(after.Institution, "ADT^A28^ADT_A05", control, after.SaidAt);
                text.Segment("EVN", "", MessageText.Time(after.SaidAt));
                Wrong(kind, patient, number);
                text.Segment("PV1", "1", "N");
                break;
        }

        Send(after.Institution, after.SaidAt, outbox);
        return control;
    }

    private void WriteVisit(Visit visit, Outbox outbox)
    {
        Visited(visit, visit.IsInpatient ? "ADT^A01^ADT_A01" : "ADT^A04^ADT_A01", visit.Number + "-A", visit.At, visit.End);
        Send(visit.Institution, visit.SaidAt, outbox);
        foreach (var message in new Hl7Results(text, visit).Messages(Start))
        {
            Send(message, encoding, visit.Institution, visit.SaidAt, outbox);
        }

        if (visit.IsInpatient)
        {
            Visited(visit, "ADT^A03^ADT_A03", visit.Number + "-D", visit.At, visit.End);
            Send(visit.Institution, visit.SaidAt, outbox);
        }
    }

    private void Start(string type, Visit visit, string part)
    {
        Header(visit.Institution, type, $"{visit.Number}-{part}", visit.SaidAt);
        if (type.StartsWith("DFT", StringComparison.Ordinal) || type.StartsWith("MDM", StringComparison.Ordinal))
        {
            text.Segment("EVN", "", MessageText.Time(visit.SaidAt));
        }

        Patient(visit.Patient);
        PatientVisit(visit, visit.At, visit.End);
    }

    private void Visited(Visit visit, string type, string control, DateTime from, DateTime to)
    {
        Header(visit.Institution, type, control, visit.SaidAt);
        text.Segment("EVN", "", MessageText.Time(visit.SaidAt));
        Patient(visit.Patient);
        PatientVisit(visit, from, to);
        var complaint = MessageText.Escape(visit.Complaint ?? "");
        text.Segment("PV2", "", "", complaint.Length == 0 ? "" : "^" + complaint);
        for (var i = 0; i < visit.Diagnoses.Count; i++)
        {
            var diagnosis = visit.Diagnoses[i];
            text.Segment("DG1", $"{i + 1}", "", $"{diagnosis.Code}^{MessageText.Escape(diagnosis.Name)}^I10", "", MessageText.Time(visit.At.AddMinutes(15)), "F");
        }

        if (type.Contains("A03", StringComparison.Ordinal) || !visit.IsInpatient)
        {
            for (var i = 0; i < visit.Operations.Count; i++)
            {
                var performed = visit.Operations[i];
                text.Segment("PR1", $"{i + 1}", "", $"{performed.Operation.Code}^{MessageText.Escape(performed.Operation.Name)}^I9C", "", MessageText.Time(performed.At));
            }
        }

        if (type.Contains("ADT_A01", StringComparison.Ordinal))
        {
            Insurance(visit.Patient);
        }
    }

    private void WriteVaccination(Vaccination vaccination, Outbox outbox)
    {
        var dose = vaccination.Dose;
        Header(vaccination.Institution, "VXU^V04^VXU_V04", vaccination.Number, vaccination.SaidAt);
        Patient(vaccination.Patient);
        text.Segment("ORC", "RE", vaccination.Number, vaccination.Number);
        text.Segment(
            "RXA", "0", $"{dose.Number}", MessageText.Time(vaccination.At), MessageText.Time(vaccination.At), $"{dose.Vaccine}^{dose.Name}^L", "1", "{dose}^剂^UCUM", "", "", "", "",
            "", "", "", vaccination.Lot, MessageText.Day(vaccination.Expires), $"^{dose.Maker}", "", "", "CP");
        text.Segment("RXR", "IM^肌内注射", $"^{vaccination.Site}");
        Send(vaccination.Institution, vaccination.SaidAt, outbox);
    }

    private void Header(Institution institution, string type, string control, DateTime said) => text.Segment(
        "MSH", @"^~\&", "HIS", institution.Code, "KANGQIAO", "ANLAN", MessageText.Time(said) + "+0800", "", type, control, "P", "2.5", "", "", "AL", "NE", "CHN", charset);

    private void Patient(SourcePatient patient, DateTime? dead = null)
    {
        var identifiers = $"{patient.LocalId}^^^{patient.Institution.Code}^MR" + (patient.IdCard is { } card ? $"~{card}^^^CHN^NI" : "")
            + (patient.Person.Passport is { } passport ? $"~{passport}^^^{patient.Person.Country}^PPN" : "");
        Pid(patient, identifiers, patient.Sex == Content.Sex.Male ? "M" : "F", dead);
        if (patient.Guardian is { } guardian)
        {
            var role = guardian.Sex == Content.Sex.Female ? "MTH^母亲" : "FTH^父亲";
            var fields = new string[33];
            Array.Fill(fields, "");
            (fields[0], fields[1], fields[2], fields[4]) = ("1", MessageText.Escape(guardian.Name), role, guardian.Phone ?? "");
            fields[32] = guardian.IdCard is { } number ? $"{number}^^^CHN^NI" : "";
            text.Segment("NK1", fields);
        }
    }

    private void Pid(SourcePatient patient, string identifiers, string sex, DateTime? dead = null)
    {
        var person = patient.Person;
        // Most Chinese systems keep a name as one text; it stands in the family's place.
        text.Segment(
            "PID", "1", "", identifiers, "", MessageText.Escape(patient.Name), "", MessageText.Day(patient.Birth), sex, "", "",
            $"{MessageText.Escape(patient.Home.Township.Name + patient.Home.Community.Name + patient.Home.Line)}^^{city}^^^CHN^H", "", patient.Phone ?? "", "", "",
            patient.Marital switch { Marital.Married => "M", Marital.Divorced => "D", Marital.Widowed => "W", _ => "S" }, "", "", "", "", "",
            $"{person.Ethnic.Code}^{person.Ethnic.Name}", "", person.BirthOrder > 0 ? "Y" : "", person.BirthOrder > 0 ? $"{person.BirthOrder}" : "", "", "", "",
            dead is null || person.Death is not { } day ? "" : MessageText.Day(day), dead is null ? "" : "Y");
    }

    private void Wrong(string kind, SourcePatient patient, string number)
    {
        var other = number + "^^^" + patient.Institution.Code + "^MR";
        switch (kind)
        {
            case "id-check-digit":
                var right = patient.Person.IdCard ?? "100102199001010019";
                Pid(patient, $"{other}~{right[..17]}{(right[17] == '5' ? '6' : '5')}^^^CHN^NI", "M");
                break;
            case "unknown-code":
                Pid(patient, other, "X9");
                break;
            default:
                Pid(patient, "", "M");
                break;
        }
    }

    private void PatientVisit(Visit visit, DateTime from, DateTime to)
    {
        var fields = new string[45];
        Array.Fill(fields, "");
        fields[0] = "1";
        fields[1] = visit.Kind switch { VisitKind.Inpatient => "I", VisitKind.Emergency => "E", _ => "O" };
        fields[2] = $"{visit.Department.Code}^^^{visit.Institution.Code}^^^^^{visit.Department.Name}";
        fields[6] = Doctor(visit.Doctor);
        fields[9] = visit.Department.Code;
        fields[18] = visit.Number;
        fields[35] = visit.IsInpatient ? visit.Died ? "5" : "1" : "";
        fields[43] = MessageText.Time(from);
        fields[44] = MessageText.Time(to);
        text.Segment("PV1", fields);
    }

    private void Insurance(SourcePatient patient)
    {
        var insurance = patient.Person.Insurance;
        if (insurance.Code != "99")
        {
            text.Segment("IN1", "1", $"{insurance.Code}^{insurance.Name}", "ANLAN-YB", "医疗保障局");
        }
    }

    internal static string Doctor(Practitioner doctor) => $"{doctor.StaffNumber}^{doctor.Name}";

    private void Send(Institution institution, DateTime said, Outbox outbox) => Send(text.Take(), encoding, institution, said, outbox);

    private static void Send(string message, Encoding encoding, Institution institution, DateTime said, Outbox outbox)
    {
        encoding.GetBytes(message, outbox.FileOf(institution, said, Suffix));
        outbox.Units++;
    }
}
