using Kangqiao.City.Content;

namespace Kangqiao.City.Lives;

/// <summary>Chronic disease: visits for medicine, and the follow-up that the primary centre owes for hypertension and diabetes.</summary>
internal static class LongIllness
{
    public const string Hypertension = "I10.x09";
    public const string Diabetes = "E11.900";

    public static void Live(LifeOfOne life)
    {
        var rates = life.City.Content.Rates;
        life.ControlsPressure = life.Chance.Percent(rates["controlled-pressure"]);
        life.ControlsGlucose = life.Chance.Percent(rates["controlled-glucose"]);
        var visits = rates["chronic-visits"];
        foreach (var disease in life.Chronic)
        {
            if (!life.Chance.Percent(rates["chronic-known"]))
            {
                continue;
            }

            if (disease.Code is Hypertension or Diabetes && life.Person.AgeOn(life.City.Ask.AsOf) >= 35 && life.Chance.Percent(rates["managed"]))
            {
                FollowUp(life, disease);
            }

            var times = life.Chance.Poisson(visits * life.Years);
            visits = 1.1;
            for (var i = 0; i < times; i++)
            {
                Visit(life, disease, life.SomeDay());
            }
        }
    }

    private static void Visit(LifeOfOne life, Disease disease, DateOnly day)
    {
        var home = life.Person.HomeOn(day);
        if (life.Chance.Percent(disease.Admitted / 2) && life.City.HospitalFor(home, disease.Department.Code, life.Chance) is { } hospital)
        {
            Illness.Admit(life, disease, hospital, day);
            return;
        }

        var near = life.Chance.Percent(52) && disease.Department.Code is "03.04" or "03.07" or "03.01";
        var institution = (near ? null : life.City.HospitalFor(home, disease.Department.Code, life.Chance)) ?? life.City.PrimaryOf(home);
        var at = life.AtOpeningHours(day);
        var visit = life.Open(institution, VisitKind.Outpatient, institution.IsPrimary ? "02" : disease.Department.Code, at, at.AddMinutes(life.Chance.Between(20, 180)));
        Clinic.Treat(life, visit, disease, followUp: true);
        Clinic.Settle(life, visit);
        life.Keep(visit);
    }

    /// <summary>At least four times a year face to face; two weeks after one that was not controlled, again.</summary>
    private static void FollowUp(LifeOfOne life, Disease disease)
    {
        var day = life.From.AddDays(life.Chance.Below(90));
        var centre = life.City.PrimaryOf(life.Person.HomeOn(day));
        var patient = life.Book.At(centre, life.Person, day);
        var enrolled = life.AtOpeningHours(day);
        var programme = disease.Code == Hypertension ? ("hypertension", "高血压患者健康管理") : ("diabetes", "2型糖尿病患者健康管理");
        life.Keep(new Enrolment(patient, enrolled, patient.NextDocument('M'), programme.Item1, programme.Item2, new(disease.Code, disease.Name)));
        while (life.IsInTime(day))
        {
            var again = 92 + life.Chance.Between(-10, 14);
            if (life.Chance.Percent(life.City.Content.Rates["follow-up-kept"]) && See(life, disease, day))
            {
                again = 14;
            }

            day = day.AddDays(again);
        }
    }

    /// <returns>Whether it was not controlled, so that two weeks later is due.</returns>
    private static bool See(LifeOfOne life, Disease disease, DateOnly day)
    {
        var at = life.AtOpeningHours(day);
        var centre = life.City.PrimaryOf(life.Person.HomeOn(day));
        var visit = life.Open(centre, VisitKind.FollowUp, "02", at, at.AddMinutes(20));
        visit.Diagnoses.Add(new(disease.Code, disease.Name));
        // Whoever is controlled by and large is not so every time.
        var pressure = life.ControlsPressure ? life.Chance.Percent(92) : life.Chance.Percent(22);
        var glucose = life.ControlsGlucose;
        life.ControlsGlucose = glucose ? life.Chance.Percent(92) : life.Chance.Percent(18);
        Clinic.MeasurePressure(life, visit, pressure);
        Clinic.MeasureBody(life, visit);
        if (disease.Code == Diabetes)
        {
            Laboratory.Report(life, visit, life.City.Content.Panels["glucose"], disease);
        }

        var well = disease.Code == Diabetes ? life.ControlsGlucose : pressure;
        life.ControlsGlucose = glucose;
        Clinic.Settle(life, visit);
        life.Keep(visit);
        return !well && life.Chance.Percent(40);
    }
}
