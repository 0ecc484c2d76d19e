using Kangqiao.City.Chances;
using Kangqiao.City.Content;
using Kangqiao.City.People;
using Kangqiao.City.Places;
using Kangqiao.Fhir.Chinese;

namespace Kangqiao.City.Lives;

/// <summary>Who is registered where, for one family; what each desk made of them follows from person and institution.</summary>
internal sealed class RegistrationBook(CityPlan city)
{
    private readonly Dictionary<(int Person, int Institution), (SourcePatient First, SourcePatient? Second)> known = [];
    private readonly Dictionary<string, double> slips = city.Content.People.Registration;

    /// <param name="newborn">In the hour of birth: known as the mother's child, without a name of its own.</param>
    public SourcePatient At(Institution institution, Person person, DateOnly day, bool newborn = false)
    {
        var key = (person.Number, institution.Number);
        if (!known.TryGetValue(key, out var pair))
        {
            var chance = Chance.Of(city.Ask.Seed, "registration", person.Number, institution.Number);
            var first = newborn && person.Mother is not null ? Newborn(institution, person, day, chance) : Register(institution, person, day, false, chance);
            pair = (first, !newborn && chance.Percent(slips["twice"]) ? Register(institution, person, day, true, chance) : null);
            known[key] = pair;
        }

        // Whoever is registered twice comes with one card as often as with the other.
        var patient = pair.Second is { } second && (day.DayNumber & 1) == 1 ? second : pair.First;
        return patient;
    }

    /// <summary>What was true on the day the institution first sends the patient; a desk that has an old address keeps it.</summary>
    public static void Introduce(SourcePatient patient, DateOnly day)
    {
        var person = patient.Person;
        patient.IsIntroduced = true;
        patient.Marital = person.MaritalOn(day);
        patient.Home = ReferenceEquals(patient.Home, person.Homes[0].Home) ? patient.Home : person.HomeOn(day);
        if (person.FormerIdCard is { } former && patient.Guardian is null && patient.IdCard is not null)
        {
            patient.IdCard = day <= former.Until ? former.Number : person.IdCard;
        }
    }

    /// <summary>What the desk learns at a later visit: a new home, another marital status, a corrected number, a name at last.</summary>
    /// <returns>Whether anything is to be sent again.</returns>
    public static bool Refresh(SourcePatient patient, DateOnly day)
    {
        var person = patient.Person;
        var changed = false;
        var home = person.HomeOn(day);
        if (!ReferenceEquals(home, patient.Home) && day > person.Homes[^1].From)
        {
            (patient.Home, changed) = (home, true);
        }

        if (patient.Guardian is { } mother && patient.Name.StartsWith(mother.Name + "之", StringComparison.Ordinal) && day > person.Birth.AddDays(40))
        {
            // The birth is registered by now: the child has its name and its number.
            (patient.Name, patient.IdCard, changed) = (person.Name, person.IdCard, true);
        }

        var marital = person.MaritalOn(day);
        if (marital != patient.Marital)
        {
            (patient.Marital, changed) = (marital, true);
        }

        if (person.FormerIdCard is { } former && patient.IdCard == former.Number && day > former.Until)
        {
            (patient.IdCard, changed) = (person.IdCard, true);
        }

        return changed;
    }

    private SourcePatient Newborn(Institution institution, Person person, DateOnly day, Chance chance)
    {
        var mother = person.Mother!;
        var child = person.Sex == Sex.Male ? "之子" : "之女";
        var order = person.BirthOrder switch { 1 => "大", 2 => "小", _ => "" };
        return new(person, institution, city.PatientNumber(institution, person, false))
        {
            Name = mother.Name + child + order,
            Sex = person.Sex,
            Birth = person.Birth,
            IdCard = chance.Percent(slips["newborn-on-mothers-number"]) ? mother.IdCard : null,
            Phone = mother.Phone,
            Home = person.HomeOn(day),
            Guardian = mother,
        };
    }

    private SourcePatient Register(Institution institution, Person person, DateOnly day, bool second, Chance chance)
    {
        var child = person.AgeOn(day) < 14;
        var guardian = child ? person.Guardian : null;
        var phone = chance.Percent(slips["no-phone"]) ? null
            : person.Phone is null || chance.Percent(slips["relatives-phone"]) ? (person.Guardian ?? person.Spouse)?.Phone ?? person.Phone
            : person.Phone;
        var home = chance.Percent(slips["old-address"]) ? person.Homes[0].Home : person.HomeOn(day);
        return new(person, institution, city.PatientNumber(institution, person, second))
        {
            Name = Written(person, chance),
            Sex = chance.Percent(slips["sex-slip"]) ? (person.Sex == Sex.Male ? Sex.Female : Sex.Male) : person.Sex,
            Birth = chance.Percent(slips["birth-slip"]) ? Slip(person.Birth, chance) : person.Birth,
            IdCard = Number(person, day, child, chance),
            Phone = phone,
            Home = home,
            Marital = person.MaritalOn(day),
            Guardian = guardian,
        };
    }

    private string Written(Person person, Chance chance)
    {
        var name = person.Name;
        if (chance.Percent(slips["name-slip"]))
        {
            var at = chance.Below(name.Length);
            return city.Content.People.Slips.TryGetValue(name[at], out var other) ? string.Concat(name.AsSpan(0, at), [other], name.AsSpan(at + 1)) : name;
        }

        if (chance.Percent(slips["name-pinyin"]) && person.Passport is null)
        {
            return Pinyin(name);
        }

        return chance.Percent(slips["name-spaced"]) && name.Length == 2 ? $"{name[0]} {name[1]}" : name;
    }

    private string? Number(Person person, DateOnly day, bool child, Chance chance)
    {
        if (person.IdCard is null || chance.Percent(slips[child ? "no-id-card-child" : "no-id-card"]))
        {
            return null;
        }

        if (person.FormerIdCard is { } former && day <= former.Until)
        {
            return former.Number;
        }

        // The numbers of fifteen digits were given out until 1999 and have no century and no check digit.
        var old = person.Birth.Year is > 1930 and < 1970 && chance.Percent(slips["old-id-card"]);
        return old ? person.IdCard[..6] + person.IdCard[8..17] : person.IdCard;
    }

    private static DateOnly Slip(DateOnly birth, Chance chance)
    {
        if (birth.Day <= 12 && birth.Day != birth.Month && chance.Percent(50))
        {
            return new(birth.Year, birth.Day, birth.Month);
        }

        var year = birth.AddYears(chance.Percent(50) ? -1 : 1);
        return year.Year >= birth.Year && birth.Year >= 2020 ? birth.AddYears(-1) : year;
    }

    private static string Pinyin(string name)
    {
        var syllables = name.EnumerateRunes().Select(r => ChineseReadings.Syllable(r) ?? r.ToString());
        return string.Join(' ', syllables).ToUpperInvariant();
    }
}
