using Kangqiao.City.Chances;
using Kangqiao.City.Content;
using Kangqiao.City.Places;

namespace Kangqiao.City.People;

/// <summary>Gives the members of a family their names, numbers, homes and the turns their lives take.</summary>
internal sealed class FamilyMaking(CityContent content, CityMap map, CityAsk ask)
{
    private readonly IdNumbers numbers = new(ask);
    private readonly Shuffle phones = new(ask.Seed, "phones", 99_999_999 / 2);

    /// <param name="family">Which.</param>
    /// <param name="first">Number of its first member.</param>
    /// <param name="most">How many of its members there is still room for in the city.</param>
    public List<Person> Make(long family, int first, int most)
    {
        var plan = FamilyPlan.Of(ask, family);
        var chance = Chance.Of(ask.Seed, "family", family);
        var people = new List<Person>(plan.Count);
        var homes = new Dictionary<int, Address>();
        var ethnic = content.People.EthnicGroups.Draw(chance);
        var foreign = chance.Percent(0.35) ? chance.Pick(content.People.Foreigners) : null;
        for (var i = 0; i < Math.Min(plan.Count, most); i++)
        {
            var member = plan[i];
            if (!homes.TryGetValue(member.Household, out var home))
            {
                homes[member.Household] = home = map.SomewhereToLive(chance);
            }

            var person = MakePerson(member, i, first, people, ethnic, foreign, home, chance);
            person.Homes.Add((default, home));
            people.Add(person);
        }

        for (var i = 0; i < people.Count; i++)
        {
            if (plan[i].Spouse is >= 0 and var spouse && spouse < people.Count)
            {
                people[i].Spouse = people[spouse];
            }
        }

        Turns(people, plan, chance);
        Deaths(people, chance);
        return people;
    }

    private Person MakePerson(
        Member member, int index, int first, List<Person> family, EthnicGroup ethnic, ForeignFamily? foreign, Address home, Chance chance)
    {
        var mother = member.Mother >= 0 ? family[member.Mother] : null;
        var father = member.Father >= 0 ? family[member.Father] : null;
        var group = mother?.Ethnic ?? father?.Ethnic ?? (index == 0 || chance.Percent(80) ? ethnic : content.People.EthnicGroups.Draw(chance));
        var number = first + index;
        var elder = member.Twin == 2 ? family[^1] : null;
        var birth = elder?.Birth ?? numbers.BirthDate(number, member.BirthYear, ask.AsOf);
        var bearer = father is null || (mother is not null && chance.Percent(8)) ? mother : father;
        var surname = bearer is null ? Naming.Surname(content.People, group, chance) : bearer.Surname;
        var (family1, given, full) = foreign is not null
            ? (foreign.Family, Foreign(foreign, chance), "")
            : Naming.Name(content.People, group, surname, father?.Given, member.Sex, member.BirthYear, chance);
        var id = numbers.Of(number, birth, member.Sex, home.District, elder?.Number);
        var age = ask.AsOf.Year - birth.Year;
        var corrected = foreign is null && member.Twin == 0 && chance.Percent(0.12);
        return new()
        {
            Number = number,
            Sex = member.Sex,
            Birth = birth,
            Surname = family1,
            Given = given,
            Name = foreign is not null ? $"{family1} {given}" : full,
            Ethnic = group,
            IdCard = foreign is null ? id : null,
            FormerIdCard = corrected
                ? (numbers.Of(number, birth, member.Sex, home.District, number), ask.From.AddDays(chance.Below(700)))
                : null,
            Passport = foreign is null ? null : $"{foreign.Country[0]}{phones[number] % 100_000_000:D8}",
            Country = foreign?.Country ?? "CHN",
            Phone = age >= 14 && chance.Percent(age > 75 ? 62 : 95) ? $"154{phones[number]:D8}" : null,
            Insurance = content.People.Insurance[age < 18 ? 0 : age < 60 ? 1 : 2].Draw(chance),
            Occupation = age < 6 ? new("90", "其他") : age < 20 ? new("31", "学生") : age >= (member.Sex == Sex.Male ? 60 : 55) ? new("80", "退(离)休人员") : content.People.Occupations.Draw(chance),
            Mother = mother,
            Father = father,
            BirthOrder = member.Twin,
            BloodGroup = chance.Below(100) switch { < 30 => "A", < 58 => "B", < 91 => "O", _ => "AB" },
            RhNegative = chance.Percent(0.4),
            Height = member.Sex == Sex.Male ? chance.Normal(169, 6) : chance.Normal(158, 5.5),
            Weight = member.Sex == Sex.Male ? chance.Normal(69, 10) : chance.Normal(58, 8.5),
        };
    }

    private static string Foreign(ForeignFamily family, Chance chance) => chance.Pick(family.Given);

    /// <summary>Marriages, divorces and moves, with their dates; some of them while the records run.</summary>
    private void Turns(List<Person> people, List<Member> plan, Chance chance)
    {
        for (var i = 0; i < people.Count; i++)
        {
            var person = people[i];
            var status = plan[i].Status;
            if (status == Marital.Single || (plan[i].Spouse >= 0 && plan[i].Spouse < i))
            {
                continue;
            }

            var partner = person.Spouse;
            var youngest = partner is not null && partner.Birth > person.Birth ? partner.Birth : person.Birth;
            var wedding = Earlier(youngest.AddYears(22).AddDays(chance.Below(6 * 365)), FirstChild(people, person, partner)?.AddDays(-chance.Between(280, 900)));
            wedding = wedding > ask.AsOf ? ask.AsOf.AddDays(-chance.Between(30, 900)) : wedding;
            Marry(person, wedding, status, chance);
            if (partner is not null)
            {
                partner.Statuses.AddRange(person.Statuses);
                MoveApart(person, partner, status, chance);
            }
        }

        foreach (var household in people.GroupBy(p => p.Homes[0].Home).Where(_ => chance.Percent(9)).ToList())
        {
            var (day, home) = (ask.From.AddDays(chance.Below(720)), map.SomewhereToLive(chance));
            foreach (var person in household.Where(p => p.Homes.Count == 1))
            {
                person.Homes.Add((day, home));
            }
        }
    }

    private void Marry(Person person, DateOnly wedding, Marital status, Chance chance)
    {
        person.Statuses.Add((wedding, Marital.Married));
        if (status == Marital.Married)
        {
            return;
        }

        var days = Math.Max(2, ask.AsOf.DayNumber - wedding.DayNumber);
        // One divorce in eight falls into the years on record.
        var end = chance.Percent(12) && days > 800 ? ask.From.AddDays(chance.Below(700)) : wedding.AddDays(1 + chance.Below(days - 1));
        person.Statuses.Add((end, status));
    }

    /// <summary>Who was divorced while the records run lived together until then; who was married, apart.</summary>
    private void MoveApart(Person person, Person partner, Marital status, Chance chance)
    {
        var (since, _) = person.Statuses[^1];
        if (status == Marital.Divorced && since > ask.From)
        {
            var own = person.Homes[0].Home;
            person.Homes[0] = (default, partner.Homes[0].Home);
            person.Homes.Add((since, own));
        }
        else if (status == Marital.Married && since > ask.From)
        {
            var common = partner.Homes[0].Home;
            partner.Homes[0] = (default, map.SomewhereToLive(chance));
            partner.Homes.Add((since, common));
        }
    }

    private void Deaths(List<Person> people, Chance chance)
    {
        foreach (var person in people)
        {
            var from = person.Birth > ask.From ? person.Birth : ask.From;
            if (people.Exists(child => child.Mother == person && child.Birth >= from))
            {
                continue;
            }

            var days = ask.AsOf.DayNumber - from.DayNumber;
            var age = person.AgeOn(ask.From) + 1;
            // Gompertz: a tenth more every year, near what life tables of Chinese cities show.
            var yearly = age < 1 ? 0.004 : 0.00025 + Math.Exp(-10.9 + (0.0985 * age));
            if (days < 2 || !chance.Percent(100 * (1 - Math.Exp(-yearly * days / 365.25))))
            {
                continue;
            }

            var weights = new Weighted<DeathCause>(content.DeathCauses.Select(c => (c, c.Weights[AgeBand.Of(Math.Max(0, person.AgeOn(ask.AsOf)))])));
            person.Death = from.AddDays(1 + chance.Below(days - 1));
            person.Cause = weights.Draw(chance);
            if (person.Spouse is { Death: null } left && left.MaritalOn(person.Death.Value) == Marital.Married)
            {
                left.Statuses.Add((person.Death.Value, Marital.Widowed));
            }
        }
    }

    private static DateOnly? FirstChild(List<Person> people, Person one, Person? other)
    {
        DateOnly? first = null;
        foreach (var child in people)
        {
            if ((child.Mother == one || child.Father == one || (other is not null && (child.Mother == other || child.Father == other))) && (first is null || child.Birth < first))
            {
                first = child.Birth;
            }
        }

        return first;
    }

    private static DateOnly Earlier(DateOnly one, DateOnly? other) => other < one ? other.Value : one;
}
