using Kangqiao.City.Content;
using Kangqiao.City.People;
using Kangqiao.City.Places;

namespace Kangqiao.City.Lives;

/// <summary>Acute illness and injury by age, sex and season, and the outbreaks that were planted.</summary>
internal static class Illness
{
    public static void Live(LifeOfOne life)
    {
        foreach (var disease in life.City.Content.Diseases)
        {
            if (disease.Kind == DiseaseKind.Chronic || !life.IsOf(disease))
            {
                continue;
            }

            var times = life.Chance.Poisson(disease.Rates[life.Band] / 1000 * life.Years * (1 + disease.Strength));
            for (var i = 0; i < times; i++)
            {
                var day = life.SomeDay();
                if (life.Chance.Next() * (1 + disease.Strength) < disease.SeasonOn(day.DayOfYear))
                {
                    FallIll(life, disease, day);
                }
            }
        }

        foreach (var (_, home) in life.Person.Homes)
        {
            foreach (var outbreak in life.City.Plants.OutbreaksIn(home.Township))
            {
                // Most fall ill in the middle of it.
                var day = outbreak.From.AddDays((life.Chance.Below(outbreak.To.DayNumber - outbreak.From.DayNumber + 1) + life.Chance.Below(outbreak.To.DayNumber - outbreak.From.DayNumber + 1)) / 2);
                if (life.Chance.Percent(outbreak.Strength) && life.IsInTime(day) && life.Person.HomeOn(day).Township == home.Township)
                {
                    FallIll(life, life.City.Content.DiseasesByCode[outbreak.Key], day);
                    life.Tally.Count(outbreak);
                }
            }
        }
    }

    public static void FallIll(LifeOfOne life, Disease disease, DateOnly day)
    {
        var chance = life.Chance;
        var home = life.Person.HomeOn(day);
        var admitted = chance.Percent(disease.Admitted);
        var emergency = chance.Percent(disease.Emergency);
        var simple = !admitted && !emergency && disease.Department.Code is "03.01" or "03.02" or "03.04" or "13.01" or "04.03" or "03.03" or "11.03" or "05.01";
        var institution = simple && chance.Percent(life.City.Content.Rates["primary-first"])
            ? life.City.PrimaryOf(home)
            : life.City.HospitalFor(home, Department(life, disease), chance) ?? life.City.PrimaryOf(home);
        if (admitted && institution.IsHospital)
        {
            Admit(life, disease, institution, day);
            return;
        }

        var at = emergency ? life.AtAnyHour(day) : life.AtOpeningHours(day);
        var kind = emergency && institution.Doctors.ContainsKey("20") ? VisitKind.Emergency : VisitKind.Outpatient;
        var department = kind == VisitKind.Emergency ? "20" : institution.IsPrimary ? "02" : Department(life, disease);
        var visit = life.Open(institution, kind, department, at, at.AddMinutes(chance.Between(25, 320)));
        Clinic.Treat(life, visit, disease, followUp: false);
        Clinic.Settle(life, visit);
        if (life.Keep(visit))
        {
            DoTwice(life, visit, disease);
        }

        if (chance.Percent(14) && life.IsInTime(day.AddDays(12)))
        {
            ComeBack(life, disease, institution, department, day.AddDays(chance.Between(3, 12)));
        }
    }

    public static Visit Admit(LifeOfOne life, Disease disease, Institution institution, DateOnly day, bool dies = false)
    {
        var chance = life.Chance;
        var at = life.AtAnyHour(day);
        var stay = Math.Max(1, (int)Math.Round(chance.Normal(disease.Days, disease.Days * 0.3)));
        var end = day.AddDays(stay).ToDateTime(new TimeOnly(chance.Between(9, 16), chance.Below(60)));
        if (life.Person.Death is { } death && end > death.ToDateTime(TimeOnly.MinValue))
        {
            end = dies ? death.ToDateTime(new TimeOnly(chance.Between(1, 23), chance.Below(60))) : death.ToDateTime(TimeOnly.MinValue).AddHours(-chance.Between(3, 20));
            end = end > at ? end : at.AddMinutes(50);
        }

        var visit = life.Open(institution, VisitKind.Inpatient, Department(life, disease), at, end);
        Clinic.Treat(life, visit, disease, followUp: false);
        foreach (var chronic in life.Chronic.Take(3))
        {
            if (chronic.Code != disease.Code)
            {
                visit.Diagnoses.Add(new(chronic.Code, chronic.Name));
            }
        }

        var days = Math.Max(1, (end.Date - at.Date).Days);
        Clinic.Charge(life, visit, "BED", "床位费", "床位费", days, institution.Kind.Level == "三级" ? 60 : 42);
        Clinic.Charge(life, visit, "CARE", "护理费", "护理费", days, 28);
        Clinic.Settle(life, visit);
        visit.Died = dies;
        life.Keep(visit);
        return visit;
    }

    /// <summary>The department that sees the disease: children under fourteen go to paediatrics with what is internal.</summary>
    public static string Department(LifeOfOne life, Disease disease) =>
        life.Band == 0 && disease.Department.Code is "03.01" or "03.02" or "03.05" ? "07" : disease.Department.Code;

    /// <summary>Planted: some go elsewhere within days, and what was examined is examined again.</summary>
    private static void DoTwice(LifeOfOne life, Visit first, Disease disease)
    {
        var plants = life.City.Plants;
        if ((first.Labs.Count == 0 && first.Imaging.Count == 0) || !life.Chance.Percent(plants.DuplicatePercent))
        {
            return;
        }

        var day = DateOnly.FromDateTime(first.At).AddDays(life.Chance.Between(1, plants.DuplicateDays - 1));
        var elsewhere = life.City.HospitalFor(life.Person.HomeOn(day), Department(life, disease), life.Chance, 40);
        if (elsewhere is null || elsewhere == first.Institution || !life.IsInTime(day) || plants.At(elsewhere, "silent-institution", day) is not null)
        {
            return;
        }

        var at = life.AtOpeningHours(day);
        var again = life.Open(elsewhere, VisitKind.Outpatient, Department(life, disease), at, at.AddMinutes(90));
        again.Diagnoses.Add(new(disease.Code, disease.Name));
        Clinic.Charge(life, again, "REG", "诊查费", "诊查费", 1, again.Department.Fee);
        var items = new List<string>();
        foreach (var lab in first.Labs)
        {
            Laboratory.Report(life, again, lab.Panel, disease);
            items.Add(lab.Panel.Loinc ?? lab.Panel.Id);
        }

        foreach (var image in first.Imaging)
        {
            Clinic.Examine(life, again, image.Examination, image.Abnormal);
            items.Add(image.Examination.Code ?? image.Examination.Id);
        }

        Clinic.Settle(life, again);
        if (life.Keep(again))
        {
            life.Tally.Duplicates.AddRange(items.Select(item =>
                new DuplicateTest(elsewhere.Code, elsewhere.District.Code, DateOnly.FromDateTime(first.At), day, $"{life.Person.Id}:{item}")));
        }
    }

    private static void ComeBack(LifeOfOne life, Disease disease, Institution institution, string department, DateOnly day)
    {
        var at = life.AtOpeningHours(day);
        var visit = life.Open(institution, VisitKind.Outpatient, department, at, at.AddMinutes(life.Chance.Between(20, 120)));
        Clinic.Treat(life, visit, disease, followUp: true);
        Clinic.Settle(life, visit);
        life.Keep(visit);
    }
}
