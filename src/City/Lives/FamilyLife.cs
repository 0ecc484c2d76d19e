using Kangqiao.City.People;

namespace Kangqiao.City.Lives;

/// <summary>A family's two years on record, in the order in which its institutions send them.</summary>
internal static class FamilyLife
{
    public static List<Happening> Live(CityPlan city, List<Person> family, FamilyTally tally)
    {
        var book = new RegistrationBook(city);
        var happenings = new List<Happening>();
        var lives = family.Select(p => new LifeOfOne(city, p, book, tally, happenings)).ToList();
        foreach (var life in lives)
        {
            var person = life.Person;
            if (person.Mother is { } mother && person.Birth >= city.Ask.From
                && city.HospitalFor(mother.HomeOn(person.Birth), "05.02", Chances.Chance.Of(city.Ask.Seed, "birthplace", mother.Number, person.Birth.DayNumber)) is { } hospital)
            {
                Birth.Bear(lives.Find(l => l.Person == mother)!, person, hospital);
                Birth.BeBorn(life, hospital);
            }

            LongIllness.Live(life);
            Illness.Live(life);
            Prevention.Live(life);
            Dying.Live(life);
        }

        // A stable order: OrderBy keeps what happened at the same minute as it was lived.
        return [.. happenings.OrderBy(h => h.SaidAt)];
    }
}
