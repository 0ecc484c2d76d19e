using Kangqiao.City.Content;
using Kangqiao.City.Lives;

namespace Kangqiao.City.Sending.Hl7v2;

/// <summary>What a visit brings besides itself: ORU for measurements, results and images, RDE for prescriptions, DFT for money, MDM for a report card.</summary>
internal sealed class Hl7Results(MessageText text, Visit visit)
{
    /// <param name="start">Writes MSH, PID and PV1 of a message: type, visit and the end of its control id.</param>
    public IEnumerable<string> Messages(Action<string, Visit, string> start)
    {
        if (visit.Vitals.Count > 0)
        {
            start("ORU^R01^ORU_R01", visit, "V");
            Vitals();
            yield return text.Take();
        }

        foreach (var lab in visit.Labs)
        {
            start("ORU^R01^ORU_R01", visit, lab.Number);
            Laboratory(lab);
            yield return text.Take();
        }

        foreach (var image in visit.Imaging)
        {
            start("ORU^R01^ORU_R01", visit, image.Number);
            Imaging(image);
            yield return text.Take();
        }

        foreach (var prescription in visit.Prescriptions)
        {
            start("RDE^O11^RDE_O11", visit, prescription.Number);
            Prescribe(prescription);
            yield return text.Take();
        }

        if (visit.Charges.Count > 0)
        {
            start("DFT^P03^DFT_P03", visit, "F");
            Charge();
            yield return text.Take();
        }

        if (visit.Report is { } report)
        {
            start("MDM^T02^MDM_T02", visit, "R");
            text.Segment("TXA", "1", "IR^传染病报告卡^L", "TX", MessageText.Time(report.SentAt), "", "", "", "", "", "", "", $"{visit.Number}-R", "", "", "", "", "AU");
            text.Segment("OBX", "1", "TX", "IR^传染病报告卡^L", "", $"{report.Disease} {visit.Diagnoses[0].Code} 报告时间{report.SentAt:yyyy-MM-dd HH:mm}", "", "", "", "", "", "F");
            yield return text.Take();
        }
    }

    private void Vitals()
    {
        var at = MessageText.Time(visit.At.AddMinutes(10));
        text.Segment("OBR", "1", "", visit.Number + "-V", "VITAL^生命体征^L", "", "", at, "", "", "", "", "", "", "", "", "", "", "", "", "", "", at, "", "", "F");
        for (var i = 0; i < visit.Vitals.Count; i++)
        {
            var vital = visit.Vitals[i];
            text.Segment("OBX", $"{i + 1}", "NM", $"{vital.Loinc}^{vital.Name}^LN", "", MessageText.Number(vital.Value), $"{vital.Unit}^{vital.Unit}^UCUM", "", "", "", "", "F", "", "", at);
        }
    }

    private void Laboratory(LabReport lab)
    {
        Order(lab.Number);
        Request(lab.Number, lab.Panel.Id, lab.Panel.Name, lab.Taken, lab.Reported, "LAB");
        for (var i = 0; i < lab.Results.Count; i++)
        {
            var result = lab.Results[i];
            var item = $"{LocalCodes.Of(visit.Institution, result.Item.Id)}^{result.Item.Name}^L" + (result.Item.Loinc is { } loinc ? $"^{loinc}^^LN" : "");
            var range = result.Item.Scale == Scale.Quantity ? $"{result.Range.Low:0.####}-{result.Range.High:0.####}" : "";
            text.Segment(
                "OBX", $"{i + 1}", result.Value is null ? "ST" : "NM", item, "", result.Value is { } value ? MessageText.Number(value) : result.Text!,
                result.Value is null ? "" : $"{result.Item.Unit}^{result.Item.Unit}^UCUM", range, result.Flag, "", "", "F", "", "", MessageText.Time(lab.Taken));
        }
    }

    private void Imaging(ImagingReport image)
    {
        Order(image.Number);
        Request(image.Number, image.Examination.Id, image.Examination.Name, image.Done, image.Reported, image.Examination.Modality == "ECG" ? "EC" : "RAD");
        text.Segment("OBX", "1", "TX", "FINDING^影像所见^L", "", MessageText.Escape(image.Finding), "", "", "", "", "", "F", "", "", MessageText.Time(image.Done));
        text.Segment("OBX", "2", "TX", "CONCLUSION^影像诊断^L", "", MessageText.Escape(image.Conclusion), "", "", image.Abnormal ? "A" : "", "", "", "F", "", "", MessageText.Time(image.Done));
    }

    private void Prescribe(Prescription prescription)
    {
        for (var i = 0; i < prescription.Drugs.Count; i++)
        {
            var (drug, packs, days) = prescription.Drugs[i];
            var code = $"{LocalCodes.Of(visit.Institution, drug.Id)}^{MessageText.Escape(drug.Name + " " + drug.Spec)}^L";
            Medicine(prescription.Number, i, $"{drug.PerDay}/d", days, code, drug.Dose, drug.Unit, packs, drug.Pack);
        }

        if (prescription.Decoction is { } prescribed)
        {
            Medicine(prescription.Number, 0, "1/d", prescribed.Doses, $"HERB^{prescribed.Decoction.Name}^L", 1, "{dose}", prescribed.Doses, "剂");
            foreach (var (herb, grams, _) in prescribed.Decoction.Herbs)
            {
                text.Segment("RXC", "B", $"^{herb}", $"{grams}", "g");
            }
        }
    }

    private void Medicine(string number, int index, string frequency, int days, string code, decimal dose, string unit, decimal packs, string pack)
    {
        var at = MessageText.Time(visit.At.AddMinutes(18));
        text.Segment("ORC", "NW", $"{number}-{index + 1}", "", number, "CM", "", $"^{frequency}^D{days}", "", at, "", "", Hl7InstitutionWriter.Doctor(visit.Doctor));
        text.Segment("RXE", $"^{frequency}^D{days}", code, MessageText.Number(dose), "", unit, "", "", "", "", MessageText.Number(packs), pack);
        text.Segment("RXR", "PO^口服");
    }

    private void Charge()
    {
        for (var i = 0; i < visit.Charges.Count; i++)
        {
            var charge = visit.Charges[i];
            text.Segment(
                "FT1", $"{i + 1}", $"{visit.Number}-{i + 1}", "", MessageText.Time(visit.At), MessageText.Time(visit.End), "CG",
                $"{LocalCodes.Of(visit.Institution, charge.Code)}^{MessageText.Escape(charge.Name)}^L", charge.Category, "", MessageText.Number(charge.Quantity),
                $"{MessageText.Number(charge.Amount)}&CNY", $"{MessageText.Number(charge.UnitPrice)}&CNY", visit.Department.Code);
        }

        if (visit.Settlement is { } paid)
        {
            // 总费用, 统筹基金, 个人账户, 个人现金: HL7 has no place for the four together.
            text.Segment("ZSE", MessageText.Number(paid.Total), MessageText.Number(paid.Fund), MessageText.Number(paid.Account), MessageText.Number(paid.Cash));
        }
    }

    private void Order(string number) => text.Segment("ORC", "RE", number, number, "", "CM", "", "", "", "", "", "", Hl7InstitutionWriter.Doctor(visit.Doctor));

    private void Request(string number, string localId, string name, DateTime done, DateTime reported, string section)
    {
        var fields = new string[25];
        Array.Fill(fields, "");
        (fields[0], fields[1], fields[2]) = ("1", number, number);
        fields[3] = $"{LocalCodes.Of(visit.Institution, localId)}^{name}^L";
        fields[6] = MessageText.Time(done);
        fields[15] = Hl7InstitutionWriter.Doctor(visit.Doctor);
        fields[21] = MessageText.Time(reported);
        fields[23] = section;
        fields[24] = "F";
        text.Segment("OBR", fields);
    }
}
