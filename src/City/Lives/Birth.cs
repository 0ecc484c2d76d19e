using Kangqiao.City.Content;
using Kangqiao.City.People;
using Kangqiao.City.Places;

namespace Kangqiao.City.Lives;

/// <summary>A pregnancy from its first examination to the forty-second day, told in the mother's records and the child's.</summary>
internal static class Birth
{
    private static readonly (int Week, bool AtCentre)[] Examinations = [(10, true), (14, false), (18, false), (22, false), (26, false), (30, false), (34, false), (37, false), (39, false)];

    /// <summary>The mother's side; once for twins.</summary>
    public static void Bear(LifeOfOne mother, Person child, Institution hospital)
    {
        var chance = mother.Chance;
        var home = mother.Person.HomeOn(child.Birth);
        if (child.BirthOrder == 2 || child.Birth < mother.City.Ask.From || child.Birth >= mother.To)
        {
            return;
        }

        var weeks = child.BirthOrder == 1 ? chance.Between(35, 38) : chance.Percent(6) ? chance.Between(33, 36) : chance.Between(37, 41);
        var conceived = child.Birth.AddDays(-7 * weeks);
        var sugar = chance.Percent(mother.City.Content.Rates["gestational-diabetes"]);
        var centre = mother.City.PrimaryOf(home);
        foreach (var (week, atCentre) in Examinations)
        {
            var day = conceived.AddDays((week * 7) + chance.Below(6));
            if (week < weeks && mother.IsInTime(day) && chance.Percent(mother.City.Content.Rates["prenatal-kept"]))
            {
                Examine(mother, atCentre ? centre : hospital, day, week, sugar && week > 22);
            }
        }

        Deliver(mother, hospital, child, sugar);
        HomeVisit(mother, child.Birth.AddDays(chance.Between(6, 10)));
        var afterwards = child.Birth.AddDays(chance.Between(41, 47));
        if (mother.IsInTime(afterwards))
        {
            var at = mother.AtOpeningHours(afterwards);
            var visit = mother.Open(hospital, VisitKind.CheckUp, "05.02", at, at.AddMinutes(60));
            visit.Complaint = "产后42天健康检查";
            visit.Diagnoses.Add(new("Z39.200", "常规产后随诊"));
            Clinic.MeasurePressure(mother, visit, true);
            Laboratory.Report(mother, visit, mother.City.Content.Panels["cbc"], null);
            Clinic.Settle(mother, visit);
            mother.Keep(visit);
        }
    }

    /// <summary>The child's side: the nursery, where it is known as its mother's, and the first visit at home.</summary>
    public static void BeBorn(LifeOfOne child, Institution hospital)
    {
        var born = child.Person.Birth.ToDateTime(new TimeOnly(child.Chance.Below(24), child.Chance.Below(60)));
        if (child.To.DayNumber - child.Person.Birth.DayNumber < 4)
        {
            return;
        }

        var department = hospital.Doctors.ContainsKey("07.01") ? "07.01" : hospital.Doctors.ContainsKey("07") ? "07" : "05.02";
        var visit = child.Open(hospital, VisitKind.Inpatient, department, born, born.AddHours(child.Chance.Between(52, 90)), newborn: true);
        visit.Complaint = child.Person.BirthOrder > 0 ? "双胎，出生后入新生儿室" : "出生后入新生儿室";
        visit.Diagnoses.Add(child.Person.BirthOrder > 0 ? new("Z38.300", "双胎，在医院内出生") : new("Z38.000", "单胎，在医院内出生"));
        if (child.Chance.Percent(38))
        {
            visit.Diagnoses.Add(new("P59.900", "新生儿黄疸"));
        }

        var weight = Math.Clamp(child.Chance.Normal(child.Person.BirthOrder > 0 ? 2.6 : 3.3, 0.35), 1.4, 4.8);
        visit.Vitals.Add(new("29463-7", "体重", decimal.Round((decimal)weight, 2), "kg"));
        visit.Vitals.Add(new("8302-2", "身高", decimal.Round((decimal)child.Chance.Normal(50, 1.6), 1), "cm"));
        Laboratory.Report(child, visit, child.City.Content.Panels["bloodtype"], null);
        Clinic.Charge(child, visit, "NEWBORN", "新生儿护理费", "护理费", 3, 30);
        Clinic.Settle(child, visit);
        child.Keep(visit);
        HomeVisit(child, child.Person.Birth.AddDays(child.Chance.Between(6, 10)));
    }

    private static void Examine(LifeOfOne mother, Institution institution, DateOnly day, int week, bool sugar)
    {
        var at = mother.AtOpeningHours(day);
        var visit = mother.Open(institution, VisitKind.CheckUp, institution.IsPrimary ? "06.02" : "05.02", at, at.AddMinutes(90));
        visit.Complaint = $"孕{week}周产前检查";
        visit.Diagnoses.Add(sugar ? new("O24.400", "妊娠期发生的糖尿病") : new("Z34.900", "正常妊娠监督"));
        Clinic.MeasurePressure(mother, visit, true);
        var panels = mother.City.Content.Panels;
        Laboratory.Report(mother, visit, panels["urine"], null);
        if (week < 13)
        {
            mother.Keep(new Enrolment(visit.Patient, at, visit.Patient.NextDocument('M'), "pregnancy", "孕产妇健康管理", null));
        }

        foreach (var panel in week < 15 ? ["cbc", "liver", "renal", "hbv", "syphilis", "bloodtype"] : week is 26 ? new[] { "cbc", "glucose" } : ["cbc"])
        {
            Laboratory.Report(mother, visit, panels[panel], sugar && panel == "glucose" ? mother.City.Content.DiseasesByCode[LongIllness.Diabetes] : null);
        }

        if (week is 14 or 22 or 30 or 37)
        {
            Clinic.Examine(mother, visit, mother.City.Content.Examinations["us-fetal"], mother.Chance.Percent(4));
        }

        Clinic.Charge(mother, visit, "REG", "诊查费", "诊查费", 1, visit.Department.Fee);
        Clinic.Settle(mother, visit);
        mother.Keep(visit);
    }

    private static void Deliver(LifeOfOne mother, Institution hospital, Person child, bool sugar)
    {
        var chance = mother.Chance;
        var caesarean = chance.Percent(mother.City.Content.Rates["caesarean"]) || child.BirthOrder > 0;
        var at = child.Birth.ToDateTime(TimeOnly.MinValue).AddHours(-chance.Between(2, 20));
        var end = child.Birth.AddDays(caesarean ? 5 : 3).ToDateTime(new TimeOnly(10, chance.Below(60)));
        var visit = mother.Open(hospital, VisitKind.Inpatient, "05.02", at, end);
        visit.Complaint = "停经9月余，规律下腹痛2小时";
        visit.Diagnoses.Add(caesarean ? new("O82.900", "经剖宫产术分娩") : new("O80.000", "头位顺产"));
        if (sugar)
        {
            visit.Diagnoses.Add(new("O24.400", "妊娠期发生的糖尿病"));
        }

        Clinic.MeasurePressure(mother, visit, true);
        foreach (var panel in new[] { "cbc", "coag", "liver", "renal" })
        {
            Laboratory.Report(mother, visit, mother.City.Content.Panels[panel], null);
        }

        Clinic.Perform(mother, visit, mother.City.Content.Operations[caesarean ? "74.1x01" : "73.5900x002"]);
        Clinic.Charge(mother, visit, "BED", "床位费", "床位费", caesarean ? 6 : 4, 60);
        Clinic.Settle(mother, visit);
        mother.Keep(visit);
    }

    private static void HomeVisit(LifeOfOne life, DateOnly day)
    {
        if (!life.IsInTime(day))
        {
            return;
        }

        var at = life.AtOpeningHours(day);
        var mother = life.Person.AgeOn(day) > 10;
        var visit = life.Open(life.City.PrimaryOf(life.Person.HomeOn(day)), VisitKind.HomeVisit, mother ? "06.02" : "09", at, at.AddMinutes(40), newborn: !mother);
        visit.Complaint = mother ? "产后访视" : "新生儿家庭访视";
        visit.Diagnoses.Add(mother ? new("Z39.200", "常规产后随诊") : new("Z00.100", "儿童常规健康检查"));
        Clinic.MeasureBody(life, visit);
        life.Keep(visit);
    }
}
