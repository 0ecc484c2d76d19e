namespace Kangqiao.Fhir.Units;

public sealed class CalendarUnitTests
{
    [Theory]
    [InlineData("year", "a", false)]
    [InlineData("months", "mo", false)]
    [InlineData("week", "wk", true)]
    [InlineData("days", "d", true)]
    [InlineData("hours", "h", true)]
    [InlineData("minute", "min", true)]
    [InlineData("seconds", "s", true)]
    [InlineData("millisecond", "ms", true)]
    public void A_word_has_its_unit_and_only_years_and_months_are_not_equal_to_it(string word, string code, bool equals)
    {
        CalendarUnit.TryParse(word, out var unit).ShouldBeTrue();
        unit.UcumCode.ShouldBe(code);
        unit.EqualsUcum.ShouldBe(equals);
        CalendarUnit.ForUcum(code).ShouldBeSameAs(unit);
        Ucum.Parse(code).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("Year")]
    [InlineData("d")]
    [InlineData("decade")]
    [InlineData("")]
    public void Other_words_are_none(string word) => CalendarUnit.TryParse(word, out _).ShouldBeFalse();
}
