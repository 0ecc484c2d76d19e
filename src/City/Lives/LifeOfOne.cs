using Kangqiao.City.Chances;
using Kangqiao.City.Content;
using Kangqiao.City.People;
using Kangqiao.City.Places;
using Kangqiao.City.Planting;

namespace Kangqiao.City.Lives;

/// <summary>What happens to one resident while the records run, and the way it is written down.</summary>
internal sealed class LifeOfOne
{
    private readonly List<Happening> happenings;

    public LifeOfOne(CityPlan city, Person person, RegistrationBook book, FamilyTally tally, List<Happening> into)
    {
        (City, Person, Book, Tally, happenings) = (city, person, book, tally, into);
        Chance = Chance.Of(city.Ask.Seed, "life", person.Number);
        From = person.Birth > city.Ask.From ? person.Birth : city.Ask.From;
        To = person.Death ?? city.Ask.AsOf;
        var middle = DateOnly.FromDayNumber((From.DayNumber + To.DayNumber) / 2);
        Band = AgeBand.Of(Math.Max(0, person.AgeOn(middle)));
        Years = (To.DayNumber - From.DayNumber) / 365.25;
        foreach (var disease in city.Content.Diseases)
        {
            if (disease.Kind == DiseaseKind.Chronic && IsOf(disease) && Chance.Percent(disease.Rates[Band] / 10))
            {
                Chronic.Add(disease);
            }
        }
    }

    public CityPlan City { get; }

    public Person Person { get; }

    public RegistrationBook Book { get; }

    public FamilyTally Tally { get; }

    public Chance Chance { get; }

    /// <summary>The part of the records' time in which they live.</summary>
    public DateOnly From { get; }

    public DateOnly To { get; }

    public double Years { get; }

    public int Band { get; }

    public List<Disease> Chronic { get; } = [];

    public bool ControlsPressure { get; set; }

    public bool ControlsGlucose { get; set; }

    public bool Has(string code) => Chronic.Exists(d => d.Code == code);

    public bool IsOf(Disease disease) => disease.Sex is null || (disease.Sex == "M") == (Person.Sex == Sex.Male);

    public bool IsInTime(DateOnly day) => day >= From && day < To;

    public DateOnly SomeDay() => From.AddDays(Chance.Below(Math.Max(1, To.DayNumber - From.DayNumber)));

    /// <summary>An hour at which departments are open.</summary>
    public DateTime AtOpeningHours(DateOnly day) => day.ToDateTime(new TimeOnly(Chance.Percent(68) ? Chance.Between(8, 11) : Chance.Between(14, 16), Chance.Below(60)));

    public DateTime AtAnyHour(DateOnly day) => day.ToDateTime(new TimeOnly(Chance.Below(24), Chance.Below(60)));

    /// <summary>Opens a visit; it is kept when it is <see cref="Keep"/>t.</summary>
    public Visit Open(Institution institution, VisitKind kind, string department, DateTime at, DateTime end, bool newborn = false)
    {
        var patient = Book.At(institution, Person, DateOnly.FromDateTime(at), newborn);
        var doctors = institution.Doctors.TryGetValue(department, out var own) ? own : institution.Doctors.Values.First();
        var doctor = Chance.Pick(doctors);
        var letter = kind switch { VisitKind.Inpatient => 'I', VisitKind.Emergency => 'E', VisitKind.CheckUp => 'C', VisitKind.FollowUp => 'F', VisitKind.HomeVisit => 'H', _ => 'O' };
        return new(patient, at, kind, patient.NextVisit(letter), doctor.Department, doctor) { End = end };
    }

    /// <summary>Sends what was written, as soon and as surely as this institution does.</summary>
    /// <returns>Whether it is in the records: sent at all, and before they end.</returns>
    public bool Keep(Happening happening)
    {
        var day = DateOnly.FromDateTime(happening.At);
        if (City.Plants.At(happening.Institution, "silent-institution", day) is not null)
        {
            return false;
        }

        var end = happening is Visit visit ? visit.End : happening.At;
        happening.SaidAt = end.AddMinutes(Chance.Between(40, 1200));
        if (City.Plants.At(happening.Institution, "late-institution", day) is { } late)
        {
            happening.SaidAt = happening.SaidAt.AddDays(Chance.Between(20, 45));
            Tally.Count(late);
        }

        // What is not sent by the day the records end is not in them.
        if (DateOnly.FromDateTime(happening.SaidAt) > City.Ask.AsOf)
        {
            return false;
        }

        happenings.Add(happening);
        return true;
    }
}
