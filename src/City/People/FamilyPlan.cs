using Kangqiao.City.Chances;
using Kangqiao.City.Content;

namespace Kangqiao.City.People;

/// <summary>Where somebody stands in a family before they have a name.</summary>
/// <param name="Household">Who lives together: 0 is the first home.</param>
/// <param name="Spouse">Index of the spouse, or -1; so Mother and Father.</param>
internal readonly record struct Member(Sex Sex, int BirthYear, int Household, int Spouse, int Mother, int Father, Marital Status, int Twin);

/// <summary>
/// Who is in a family: a couple or one alone, their children, those of them who have founded households of their own, and
/// grandchildren. Cheap enough to be made twice: once to count residents, once to let them live.
/// </summary>
internal static class FamilyPlan
{
    /// <summary>Shares of household heads by age from 20 on in steps of five.</summary>
    private static readonly double[] HeadAges = [3, 6, 8, 10, 11, 11, 12, 12, 10, 8, 5, 3, 1.6, 0.7, 0.2];

    private static readonly Weighted<int> AgeOfHead = new(HeadAges.Select((weight, i) => (20 + (5 * i), weight)));

    public static List<Member> Of(CityAsk ask, long family)
    {
        var chance = Chance.Of(ask.Seed, "family-plan", family);
        var members = new List<Member>(6);
        var age = AgeOfHead.Draw(chance) + chance.Below(5);
        var year = ask.AsOf.Year - age;
        var alone = age < 25 ? 72 : age < 30 ? 38 : age < 40 ? 12 : 4;
        if (chance.Percent(alone))
        {
            members.Add(new(chance.Percent(52) ? Sex.Male : Sex.Female, year, 0, -1, -1, -1, Marital.Single, 0));
            return members;
        }

        Found(members, year, WifeBorn(year, chance), 0, null, chance, ask.AsOf.Year, 0);
        return members;
    }

    private static int WifeBorn(int husbandBorn, Chance chance) =>
        husbandBorn + (int)Math.Round(Math.Clamp(chance.Normal(2, 2.4), -5, 12));

    /// <summary>A couple, or what divorce and death have left of it, and its children.</summary>
    /// <param name="heir">The one of the two who is a child of this family, if it is not its first couple.</param>
    private static void Found(List<Member> members, int husbandBorn, int wifeBorn, int household, Member? heir, Chance chance, int today, int depth)
    {
        var age = today - husbandBorn;
        var (hm, hf) = heir is { Sex: Sex.Male } son ? (son.Mother, son.Father) : (-1, -1);
        var (wm, wf) = heir is { Sex: Sex.Female } daughter ? (daughter.Mother, daughter.Father) : (-1, -1);
        var divorced = age > 28 && chance.Percent(7);
        var widowed = !divorced && age > 55 && chance.Percent(age > 80 ? 45 : age > 70 ? 24 : 7);
        int husband = -1, wife;
        if (widowed)
        {
            // The husband more often dies first and lives on only as a name on the wife's papers.
            var widow = chance.Percent(72);
            members.Add(new(widow ? Sex.Female : Sex.Male, widow ? wifeBorn : husbandBorn, household, -1, widow ? wm : hm, widow ? wf : hf, Marital.Widowed, 0));
            wife = widow ? members.Count - 1 : -1;
            husband = widow ? -1 : members.Count - 1;
        }
        else
        {
            husband = members.Count;
            wife = husband + 1;
            var status = divorced ? Marital.Divorced : Marital.Married;
            members.Add(new(Sex.Male, husbandBorn, divorced ? NewHousehold(members, household) : household, wife, hm, hf, status, 0));
            members.Add(new(Sex.Female, wifeBorn, household, husband, wm, wf, status, 0));
        }

        Children(members, husband, wife, wifeBorn, household, chance, today, depth);
    }

    private static void Children(List<Member> members, int husband, int wife, int wifeBorn, int household, Chance chance, int today, int depth)
    {
        var expected = wifeBorn switch { < 1950 => 3.2, < 1960 => 2.2, < 1970 => 1.55, < 1985 => 1.3, _ => 1.35 };
        var count = Math.Min(5, expected < 1.6 ? (chance.Percent(9) ? 0 : chance.Percent((expected - 0.9) * 75) ? 2 : 1) : chance.Poisson(expected));
        var born = wifeBorn + (int)Math.Round(Math.Clamp(chance.Normal(wifeBorn < 1970 ? 24 : 27.5, 3.2), 19, 40));
        var before = int.MinValue;
        for (var i = 0; i < count; i++, before = born, born += chance.Between(2, 6))
        {
            // Whose birthday this year is still to come is born the year before: there must be room for that.
            if (born > today || born - wifeBorn > 43 || (born == today && born - before < 3 && i > 0))
            {
                return;
            }

            var twins = chance.Percent(1.3) ? 2 : 1;
            for (var twin = 1; twin <= twins; twin++)
            {
                // The younger of two whose elder has left is a child like any other here.
                var alone = twins == 1 || (twin == 2 && members[^1].Twin != 1);
                Child(members, new(chance.Percent(52.5) ? Sex.Male : Sex.Female, born, household, -1, wife, husband, Marital.Single, alone ? 0 : twin), chance, today, depth);
            }
        }
    }

    private static void Child(List<Member> members, Member child, Chance chance, int today, int depth)
    {
        var age = today - child.BirthYear;
        var married = child.Twin == 0 && age >= 22 && chance.Percent(age < 26 ? 22 : age < 32 ? 66 : 90);
        if (!married || depth > 0)
        {
            // Grown children mostly leave the city or its books; the others are still at home.
            if (age < 24 || (!married && chance.Percent(60)))
            {
                members.Add(child);
            }

            return;
        }

        // Some stay with their parents, some live elsewhere in the city, the rest are other people's neighbours.
        var where = chance.Below(100);
        if (where < 42)
        {
            var husbandBorn = child.Sex == Sex.Male ? child.BirthYear : child.BirthYear - chance.Between(0, 4);
            var wifeBorn = child.Sex == Sex.Female ? child.BirthYear : WifeBorn(husbandBorn, chance);
            Found(members, husbandBorn, wifeBorn, where < 18 ? child.Household : NewHousehold(members, child.Household), child, chance, today, depth + 1);
        }
    }

    private static int NewHousehold(List<Member> members, int current)
    {
        var last = current;
        foreach (var member in members)
        {
            last = Math.Max(last, member.Household);
        }

        return last + 1;
    }
}
