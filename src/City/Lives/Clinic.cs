using Kangqiao.City.Content;
using Kangqiao.City.People;
using Kangqiao.City.Planting;

namespace Kangqiao.City.Lives;

/// <summary>What is done in a visit for a disease: examined, found, prescribed, charged, settled.</summary>
internal static class Clinic
{
    public static readonly Diagnosis CheckUp = new("Z00.001", "健康查体");

    public static void Treat(LifeOfOne life, Visit visit, Disease disease, bool followUp)
    {
        var chance = life.Chance;
        visit.Complaint = $"{disease.Complaint}{chance.Between(1, disease.ComplaintUnit == "小时" ? 12 : 7)}{disease.ComplaintUnit}";
        visit.Diagnoses.Add(new(disease.Code, disease.Name));
        Charge(life, visit, "REG", visit.Kind == VisitKind.Emergency ? "急诊诊查费" : "诊查费", "诊查费", 1, visit.Department.Fee);
        MeasureVitals(life, visit, disease);
        // A known disease is examined a third as often as at the first time.
        var often = followUp ? 0.35 : visit.IsInpatient ? 1.4 : 1;
        var primary = visit.Institution.IsPrimary;
        foreach (var (panel, percent) in disease.Labs)
        {
            if (chance.Percent(percent * often * (primary ? 0.5 : 1)))
            {
                Laboratory.Report(life, visit, panel, disease);
            }
        }

        foreach (var (examination, percent) in disease.Imaging)
        {
            if ((!primary || examination.Modality is "US" or "ECG" or "DR") && chance.Percent(percent * often * (primary ? 0.4 : 1)))
            {
                Examine(life, visit, examination, chance.Percent(disease.Kind == DiseaseKind.Chronic ? 55 : 70));
            }
        }

        Prescribe(life, visit, disease);
        Operate(life, visit, disease);
        if (disease.Notify is { } notifiable && !followUp)
        {
            Notify(life, visit, notifiable);
        }
    }

    public static void Examine(LifeOfOne life, Visit visit, Examination examination, bool abnormal)
    {
        var done = visit.At.AddMinutes(life.Chance.Between(30, 150));
        var (finding, conclusion) = abnormal ? examination.Abnormal : examination.Normal;
        visit.Imaging.Add(new(visit.Patient.NextDocument('R'), examination, done, done.AddMinutes(life.Chance.Between(20, 90)), finding, conclusion, abnormal));
        Charge(life, visit, examination.Id, examination.Name, "检查费", 1, examination.Price);
    }

    public static void Charge(LifeOfOne life, Visit visit, string code, string name, string category, decimal quantity, decimal price)
    {
        if (price <= 0)
        {
            return;
        }

        if (life.City.Plants.At(visit.Institution, "price-outlier", DateOnly.FromDateTime(visit.At), code) is { } outlier)
        {
            price = decimal.Round(price * (decimal)outlier.Strength / 100, 2);
            life.Tally.Count(outlier);
        }

        visit.Charges.Add(new(code, name, category, quantity, price));
    }

    /// <summary>Closes the bill: the fund's share by insurance and kind of care, the rest from account and pocket.</summary>
    public static void Settle(LifeOfOne life, Visit visit)
    {
        var total = visit.Charges.Sum(c => c.Amount);
        if (total == 0)
        {
            return;
        }

        var insurance = life.Person.Insurance;
        var share = visit.IsInpatient ? insurance.Fund.Inpatient : insurance.Fund.Outpatient;
        var covered = visit.Charges.Where(c => c.Category is not "诊查费").Sum(c => c.Amount);
        var fund = decimal.Round(covered * (decimal)share / 100, 2);
        var account = insurance.Code == "01" ? decimal.Round((total - fund) * 0.6m, 2) : 0;
        visit.Settlement = new(total, fund, account, total - fund - account);
    }

    public static void MeasurePressure(LifeOfOne life, Visit visit, bool controlled)
    {
        var ill = life.Has("I10.x09");
        var age = Math.Max(0, life.Person.AgeOn(DateOnly.FromDateTime(visit.At)));
        var (systolic, diastolic) = !ill ? (104 + Math.Min(26, age * 0.38), 66 + Math.Min(14, age * 0.2)) : controlled ? (130, 79) : (155, 94);
        var high = Math.Clamp(life.Chance.Normal(systolic, ill && controlled ? 5.5 : 8), 78, 212);
        var low = Math.Clamp(Math.Min(life.Chance.Normal(diastolic, 5), high - 22), 42, 128);
        visit.Vitals.Add(new("8480-6", "收缩压", (int)high, "mm[Hg]"));
        visit.Vitals.Add(new("8462-4", "舒张压", (int)low, "mm[Hg]"));
        visit.Vitals.Add(new("8867-4", "心率", (int)Math.Clamp(life.Chance.Normal(age < 6 ? 108 : 75, 8), 48, 168), "/min"));
    }

    public static void MeasureBody(LifeOfOne life, Visit visit)
    {
        var months = (DateOnly.FromDateTime(visit.At).DayNumber - life.Person.Birth.DayNumber) / 30.4375;
        var (height, weight) = Growth.At(life.Person, months);
        visit.Vitals.Add(new("8302-2", "身高", decimal.Round((decimal)height, 1), "cm"));
        visit.Vitals.Add(new("29463-7", "体重", decimal.Round((decimal)weight, 1), "kg"));
        if (months > 216)
        {
            visit.Vitals.Add(new("39156-5", "体质指数", decimal.Round((decimal)(weight / (height * height / 10000)), 1), "kg/m2"));
        }
    }

    private static void MeasureVitals(LifeOfOne life, Visit visit, Disease disease)
    {
        if (disease.Fever is { } fever)
        {
            visit.Vitals.Add(new("8310-5", "体温", decimal.Round((decimal)Math.Clamp(life.Chance.Normal(fever, 0.5), 36, 41.2), 1), "Cel"));
        }

        if (visit.IsInpatient || disease.Code == "I10.x09" || (life.Band >= 3 && life.Chance.Percent(35)))
        {
            MeasurePressure(life, visit, life.ControlsPressure);
        }
    }

    private static void Prescribe(LifeOfOne life, Visit visit, Disease disease)
    {
        var chance = life.Chance;
        var drugs = disease.Drugs.Take(disease.Drugs.Length > 2 && !chance.Percent(life.City.Content.Rates["pharmacy-extra-drug"]) ? 2 : 3);
        var lines = new List<PrescribedDrug>();
        foreach (var drug in drugs)
        {
            var packs = Math.Max(1, (int)Math.Ceiling(drug.PerDay * drug.Days / drug.DosesInPack));
            lines.Add(new(drug, packs, drug.Days));
            Charge(life, visit, drug.Id, drug.Name, drug.Kind == "patent" ? "中成药费" : "西药费", packs, drug.Price);
        }

        if (lines.Count > 0)
        {
            visit.Prescriptions.Add(new(visit.Patient.NextDocument('X'), lines, null));
        }

        var herbal = life.City.Content.Rates[visit.Institution.Kind.Class == "A210" ? "herb-hospital" : "decoction"];
        if (Array.Find(life.City.Content.Decoctions, d => d.For.Contains(disease.Code)) is { } decoction && visit.Kind == VisitKind.Outpatient && chance.Percent(herbal))
        {
            var doses = chance.Percent(50) ? 7 : chance.Percent(50) ? 14 : 5;
            visit.Prescriptions.Add(new(visit.Patient.NextDocument('Z'), [], new(decoction, doses)));
            Charge(life, visit, "HERB", decoction.Name, "中草药费", doses, decimal.Round(decoction.Herbs.Sum(h => h.Grams * h.Price), 2));
        }
    }

    private static void Operate(LifeOfOne life, Visit visit, Disease disease)
    {
        if (disease.Operation is var (operation, percent) && life.Chance.Percent(visit.IsInpatient ? percent : percent / 40))
        {
            Perform(life, visit, operation);
        }
    }

    public static void Perform(LifeOfOne life, Visit visit, Operation operation)
    {
        var at = visit.IsInpatient ? visit.At.AddHours(life.Chance.Between(6, 40)) : visit.At.AddMinutes(50);
        visit.Operations.Add(new(visit.Patient.NextDocument('S'), operation, at < visit.End ? at : visit.At.AddMinutes(20)));
        Charge(life, visit, operation.Code, operation.Name, "手术费", 1, operation.Price);
    }

    private static void Notify(LifeOfOne life, Visit visit, string disease)
    {
        var sent = visit.At.AddMinutes(life.Chance.Between(30, 1080));
        if (life.City.Plants.At(visit.Institution, "late-infectious-report", DateOnly.FromDateTime(visit.At)) is { } late)
        {
            sent = visit.At.AddHours(late.Strength * (0.5 + life.Chance.Next()));
            life.Tally.Count(late);
        }

        visit.Report = new(disease, sent);
    }
}
