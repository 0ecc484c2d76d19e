using Kangqiao.City.Content;
using Kangqiao.City.People;

namespace Kangqiao.City.Lives;

/// <summary>What is done for the healthy: immunisation by the programme, examinations of children, workers and the old.</summary>
internal static class Prevention
{
    private static readonly int[] ChildMonths = [1, 3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72];

    // HPV came into the programme for girls who turned 13 after this day.
    private static readonly DateOnly HpvSince = new(2025, 11, 10);

    public static void Live(LifeOfOne life)
    {
        Immunise(life);
        var age = life.Person.AgeOn(life.City.Ask.AsOf);
        var rates = life.City.Content.Rates;
        if (age < 7)
        {
            foreach (var months in ChildMonths)
            {
                var day = life.Person.Birth.AddMonths(months).AddDays(life.Chance.Below(20));
                if (life.IsInTime(day) && life.Chance.Percent(rates["child-checkup"]))
                {
                    ExamineChild(life, day);
                }
            }
        }
        else if (age >= 18)
        {
            for (var year = 0; year < 2; year++)
            {
                var day = life.City.Ask.From.AddYears(year).AddDays(life.Chance.Below(364));
                var old = life.Person.AgeOn(day) >= 65;
                if (life.IsInTime(day) && life.Chance.Percent(rates[old ? "elder-checkup" : "adult-checkup"]))
                {
                    ExamineAdult(life, day, old);
                }
            }
        }
    }

    private static void Immunise(LifeOfOne life)
    {
        var person = life.Person;
        var age = person.AgeOn(life.City.Ask.AsOf);
        if (age > 14)
        {
            return;
        }

        var last = new Dictionary<string, DateOnly>(StringComparer.Ordinal);
        var rates = life.City.Content.Rates;
        foreach (var dose in life.City.Content.Doses)
        {
            var hpv = dose.Months > 120;
            if ((dose.Sex == "F" && person.Sex != Sex.Female) || (age > 7 && !hpv))
            {
                continue;
            }

            var day = person.Birth.AddMonths(dose.Months).AddDays(dose.Months == 0 ? life.Chance.Below(2) : life.Chance.Below(20));
            day = life.Chance.Percent(rates["dose-late"]) && dose.Months > 0 ? day.AddDays(life.Chance.Between(31, 160)) : day;
            if (last.TryGetValue(dose.Vaccine, out var before) && day < before.AddDays(28))
            {
                day = before.AddDays(28 + life.Chance.Below(7));
            }

            if (day < life.To && person.LivesOn(day) && (!hpv || day >= HpvSince) && life.Chance.Percent(rates["dose-given"]))
            {
                last[dose.Vaccine] = day;
                Give(life, dose, day);
            }
        }
    }

    private static void Give(LifeOfOne life, Dose dose, DateOnly day)
    {
        var home = life.Person.HomeOn(day);
        var centre = life.City.PrimaryOf(home);
        var patient = life.Book.At(centre, life.Person, day);
        var at = life.AtOpeningHours(day);
        var lot = $"{day.AddMonths(-5):yyyyMM}{life.Chance.Between(1, 40):D3}";
        life.Keep(new Vaccination(patient, at, patient.NextDocument('V'), dose, lot, day.AddMonths(life.Chance.Between(8, 20)), life.Chance.Percent(50) ? "左上臂" : "右上臂"));
    }

    private static void ExamineChild(LifeOfOne life, DateOnly day)
    {
        var at = life.AtOpeningHours(day);
        var visit = life.Open(life.City.PrimaryOf(life.Person.HomeOn(day)), VisitKind.CheckUp, "09", at, at.AddMinutes(40));
        visit.Diagnoses.Add(new("Z00.100", "儿童常规健康检查"));
        Clinic.MeasureBody(life, visit);
        var months = (day.DayNumber - life.Person.Birth.DayNumber) / 30;
        if (months is 6 or 7 or 18 or 30)
        {
            Laboratory.Report(life, visit, life.City.Content.Panels["cbc"], null);
        }

        Clinic.Settle(life, visit);
        life.Keep(visit);
    }

    private static void ExamineAdult(LifeOfOne life, DateOnly day, bool old)
    {
        var at = life.AtOpeningHours(day);
        var home = life.Person.HomeOn(day);
        var institution = (old ? null : life.City.HospitalFor(home, "03.02", life.Chance)) ?? life.City.PrimaryOf(home);
        var visit = life.Open(institution, VisitKind.CheckUp, institution.IsPrimary ? "01" : "03.02", at, at.AddMinutes(150));
        visit.Diagnoses.Add(Clinic.CheckUp);
        Clinic.MeasurePressure(life, visit, life.ControlsPressure);
        Clinic.MeasureBody(life, visit);
        var panels = life.City.Content.Panels;
        foreach (var panel in new[] { "cbc", "liver", "renal", "glucose", "lipid", "urine" })
        {
            Laboratory.Report(life, visit, panels[panel], null);
        }

        var examinations = life.City.Content.Examinations;
        Clinic.Examine(life, visit, examinations["ecg"], life.Chance.Percent(old ? 22 : 6));
        if (old || life.Chance.Percent(60))
        {
            Clinic.Examine(life, visit, examinations["us-abdomen"], life.Chance.Percent(34));
        }

        if (!old && life.Chance.Percent(22))
        {
            Clinic.Examine(life, visit, examinations["ct-chest"], life.Chance.Percent(6));
        }

        // The yearly examination of the old is a public service: nothing is charged.
        if (old)
        {
            visit.Charges.Clear();
        }

        Clinic.Settle(life, visit);
        life.Keep(visit);
    }
}
