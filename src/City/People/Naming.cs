using Kangqiao.City.Chances;
using Kangqiao.City.Content;

namespace Kangqiao.City.People;

/// <summary>How people are named: by their generation's favourites, their people's customs.</summary>
internal static class Naming
{
    /// <summary>A given name as parents chose in that year.</summary>
    public static string Given(PeopleContent content, Sex sex, int year, Chance chance)
    {
        var names = content.GivenNames[0];
        foreach (var candidate in content.GivenNames)
        {
            if (candidate.Sex == sex && year >= candidate.From && year <= candidate.To)
            {
                names = candidate;
                break;
            }
        }

        foreach (var (name, percent) in names.Whole)
        {
            if (chance.Percent(percent))
            {
                return name;
            }
        }

        // One-character names were at their most common among those born in the seventies and eighties.
        var single = year switch { < 1950 => 14, < 1960 => 18, < 1970 => 26, < 1990 => 38, < 2000 => 27, < 2010 => 16, _ => 10 };
        return chance.Percent(single)
            ? chance.PickEarly(names.Single)
            : chance.PickEarly(names.First) + chance.PickEarly(names.Second);
    }

    /// <summary>The family name a Han child or adult bears; empty where the custom has none.</summary>
    public static string Surname(PeopleContent content, EthnicGroup group, Chance chance) => group.Style switch
    {
        "hui" => chance.Percent(55) ? chance.PickEarly(content.MinorityNames[("hui", "surname")]) : content.Surnames.Draw(chance),
        "yi" => chance.Percent(60) ? chance.Pick(content.MinorityNames[("yi", "clan")]) : content.Surnames.Draw(chance),
        "han" => content.Surnames.Draw(chance),
        _ => "",
    };

    /// <summary>The full name as it is on the identity card.</summary>
    /// <param name="father">The father's own name, where the custom is to bear it.</param>
    public static (string Surname, string Given, string Full) Name(
        PeopleContent content, EthnicGroup group, string surname, string? father, Sex sex, int year, Chance chance)
    {
        var part = sex == Sex.Male ? "M" : "F";
        switch (group.Style)
        {
            case "uygur":
                var own = chance.Pick(content.MinorityNames[("uygur", part)]);
                var fathers = father ?? chance.Pick(content.MinorityNames[("uygur", "father")]);
                return (fathers, own, $"{own}·{fathers}");
            case "tibetan":
                var tibetan = chance.Pick(content.MinorityNames[("tibetan", part)]) + chance.Pick(content.MinorityNames[("tibetan", "second")]);
                return ("", tibetan, tibetan);
            case "mongol":
                var mongol = chance.Pick(content.MinorityNames[("mongol", part)]);
                return ("", mongol, mongol);
            case "yi" when surname.Length > 1:
                var yi = chance.Pick(content.MinorityNames[("yi", part)]);
                return (surname, yi, surname + yi);
            default:
                var given = Given(content, sex, year, chance);
                return (surname, given, surname + given);
        }
    }
}
