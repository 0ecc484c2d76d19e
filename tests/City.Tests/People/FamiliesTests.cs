using Kangqiao.City.People;
using Kangqiao.City.Places;

namespace Kangqiao.City.Tests.People;

public sealed class FamiliesTests
{
    [Fact]
    public void Every_number_passes_the_check_is_alone_and_begins_with_a_prefix_of_no_province()
    {
        var numbers = Cities.People.Where(p => p.IdCard is not null).SelectMany(p => p.FormerIdCard is { } former ? [p.IdCard!, former.Number] : new[] { p.IdCard! }).ToList();

        numbers.ShouldAllBe(n => Passes(n));
        numbers.Distinct(StringComparer.Ordinal).Count().ShouldBe(numbers.Count);
    }

    [Fact]
    public void A_number_says_birthday_and_sex()
    {
        foreach (var person in Cities.People.Where(p => p.IdCard is not null))
        {
            person.IdCard![6..14].ShouldBe($"{person.Birth:yyyyMMdd}");
            ((person.IdCard[16] - '0') % 2 == 1).ShouldBe(person.Sex == Kangqiao.City.Content.Sex.Male);
        }
    }

    [Fact]
    public void Nobody_dies_before_they_are_born_or_is_born_after_the_records_end()
    {
        Cities.People.ShouldAllBe(p => p.Birth <= Cities.AsOf && (p.Death == null || (p.Death >= p.Birth && p.Death <= Cities.AsOf)));
        Cities.People.Count(p => p.Death is not null).ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Mothers_are_as_old_as_mothers_are()
    {
        var pairs = Cities.People.Where(p => p.Mother is not null).Select(p => p.Birth.Year - p.Mother!.Birth.Year).ToList();

        pairs.Count.ShouldBeGreaterThan(300);
        pairs.ShouldAllBe(years => years >= 17 && years <= 45);
    }

    [Fact]
    public void No_mother_bears_twice_within_nine_months_but_for_twins()
    {
        foreach (var children in Cities.People.Where(p => p.Mother is not null).GroupBy(p => p.Mother))
        {
            var births = children.Select(c => c.Birth.DayNumber).Distinct().Order().ToList();
            births.Zip(births.Skip(1), (a, b) => b - a).ShouldAllBe(days => days > 270);
        }
    }

    [Fact]
    public void Twins_share_mother_and_birthday_and_nothing_of_their_numbers()
    {
        var twins = Cities.People.Where(p => p.BirthOrder == 2).ToList();

        twins.ShouldNotBeEmpty();
        foreach (var younger in twins)
        {
            var elder = Cities.People.Single(p => p.Number == younger.Number - 1);
            (elder.Mother, elder.Birth, elder.BirthOrder).ShouldBe((younger.Mother, younger.Birth, 1));
            elder.IdCard.ShouldNotBe(younger.IdCard);
        }
    }

    [Fact]
    public void A_spouse_has_a_spouse()
    {
        Cities.People.Where(p => p.Spouse is not null).ShouldAllBe(p => p.Spouse!.Spouse == p && p.Spouse.Sex != p.Sex);
    }

    [Fact]
    public void The_city_is_as_young_and_old_and_named_as_Chinese_cities_are()
    {
        var people = Cities.People.ToList();
        var old = people.Count(p => p.AgeOn(Cities.AsOf) >= 65) / (double)people.Count;
        var young = people.Count(p => p.AgeOn(Cities.AsOf) < 15) / (double)people.Count;
        var common = people.Count(p => p.Surname is "王" or "李" or "张" or "刘" or "陈") / (double)people.Count;

        old.ShouldBeInRange(0.08, 0.24);
        young.ShouldBeInRange(0.08, 0.24);
        common.ShouldBeInRange(0.22, 0.42);
        people.ShouldContain(p => p.Name.Contains('·'));
        people.ShouldContain(p => p.Passport != null);
        people.GroupBy(p => p.Name).ShouldContain(g => g.Count() > 1, "Namesakes are what a patient index is for.");
        people.Select(p => p.Birth.Month).Distinct().Count().ShouldBe(12);
    }

    private static bool Passes(string number) =>
        number.Length == 18 && number.StartsWith("10", StringComparison.Ordinal) && CheckedCodes.IdCheckDigit(number.AsSpan(0, 17)) == number[17];
}
