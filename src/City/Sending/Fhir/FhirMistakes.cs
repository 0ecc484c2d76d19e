using System.Buffers;
using System.Text;
using Kangqiao.City.Lives;

namespace Kangqiao.City.Sending.Fhir;

/// <summary>The mistakes of senders of FHIR. Each is one record more, on a line of its own, that nothing right refers to.</summary>
internal static class FhirMistakes
{
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    /// <returns>Type/id of the record.</returns>
    public static string Write(ResourceWriter to, string kind, Visit after, string number, ArrayBufferWriter<byte> file)
    {
        var id = "xx" + number;
        switch (kind)
        {
            case "id-check-digit":
                var right = after.Patient.Person.IdCard ?? "100102199001010019";
                var wrong = right[..17] + (right[17] == '5' ? '6' : '5');
                FhirPatients.WritePatient(to, after.Patient, id, wrong, after.SaidAt, "");
                to.End(file);
                return "Patient/" + id;
            case "future-date":
                FhirVisits.WriteEncounter(to, after, id, after.At.AddYears(3), after.End.AddYears(3));
                to.End(file);
                return "Encounter/" + id;
            case "discharge-before-admission":
                FhirVisits.WriteEncounter(to, after, id, after.End, after.End.AddDays(-3));
                to.End(file);
                return "Encounter/" + id;
            case "unknown-code":
                FhirVisits.WriteEncounter(to, after, id, after.At, after.End, status: "完成");
                to.End(file);
                return "Encounter/" + id;
            case "missing-field":
                FhirVisits.WriteEncounter(to, after, id, after.At, after.End, withClass: false);
                to.End(file);
                return "Encounter/" + id;
            case "impossible-value":
                Impossible(to, after, id);
                to.End(file);
                return "Observation/" + id;
            case "broken":
                FhirVisits.WriteEncounter(to, after, id, after.At, after.End);
                to.EndSpoilt(file, text => Encoding.UTF8.GetBytes(text[..(text.Length * 2 / 3)]));
                return "Encounter/" + id;
            case "wrong-charset":
                FhirVisits.WriteEncounter(to, after, id, after.At, after.End);
                to.EndSpoilt(file, Gb18030.GetBytes);
                return "Encounter/" + id;
            default:
                // The same words twice: the encounter as it was sent with its visit.
                FhirVisits.WriteEncounter(to, after, FhirVisits.EncounterId(after), after.At, after.End);
                to.End(file);
                return "Encounter/" + FhirVisits.EncounterId(after);
        }
    }

    /// <summary>A systolic pressure of 1200: the slip of a key. A well-formed record all the same.</summary>
    private static void Impossible(ResourceWriter to, Visit after, string id)
    {
        var visit = after with { };
        visit.Vitals.Insert(0, new("8480-6", "收缩压", 120, "mm[Hg]"));
        visit.Vitals.Insert(1, new("8462-4", "舒张压", 80, "mm[Hg]"));
        FhirVisits.WriteVital(to, visit, 0, id, 1200);
        // The copy shares its list with the visit that was sent.
        visit.Vitals.RemoveRange(0, 2);
    }
}
