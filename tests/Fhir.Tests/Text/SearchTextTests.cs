using System.Text;
using Kangqiao.Fhir.Text;

namespace Kangqiao.Fhir.Tests.Text;

public sealed class SearchTextTests
{
    [Theory]
    [InlineData("Müller", "muller")]
    [InlineData("Mu\u0308ller", "muller")]
    [InlineData("ÉCOLE", "ecole")]
    [InlineData("Łukasz Øster", "lukasz oster")]
    [InlineData("STRAẞE", "strasse")]
    [InlineData("Straße", "strasse")]
    [InlineData("ΟΔΟΣ", "οδοσ")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("ЁЛКА", "елка")]
    [InlineData("ＡＢＣ１２３", "abc123")]
    [InlineData("ﬁeld №5", "field no5")]
    [InlineData("  two \t\r\n spaces\u3000and\u00A0more  ", "two spaces and more")]
    [InlineData("zero\u200Bwidth", "zerowidth")]
    [InlineData("张三", "张三")]
    [InlineData("豈", "豈")]
    [InlineData("한국", "한국")]
    [InlineData("𝐀𝐁", "ab")]
    [InlineData("", "")]
    public void Case_accents_width_and_runs_of_space_do_not_count(string text, string expected)
    {
        SearchText.Normalise(text.AsSpan()).ShouldBe(expected);
        SearchText.Normalise(text).ShouldBe(expected);
    }

    [Theory]
    [InlineData("Xi'an Zhang", "xianzhang")]
    [InlineData("zhang-san", "zhangsan")]
    [InlineData("阿米娜·买买提", "阿米娜买买提")]
    [InlineData("王 〇", "王〇")]
    [InlineData("𠮷 野", "𠮷野")]
    public void Compact_text_has_letters_only(string text, string expected) => SearchText.Compact(text).ShouldBe(expected);

    [Fact]
    public void Text_that_is_normal_already_costs_nothing()
    {
        var text = new string("already normal 1".AsSpan());
        SearchText.Normalise(text).ShouldBeSameAs(text);
    }

    [Fact]
    public void Normal_text_stays_as_it_is_when_normalised_again()
    {
        for (var code = 1; code < 0x30000; code++)
        {
            if (Rune.IsValid(code))
            {
                var once = SearchText.Normalise("a" + new Rune(code) + "b");
                SearchText.Normalise(once).ShouldBe(once);
            }
        }
    }

    [Fact]
    public void Characters_that_grow_when_folded_have_room()
    {
        var grown = SearchText.Normalise(new string('\uFDFA', 10_000));
        grown.Length.ShouldBeGreaterThan(100_000);
    }
}
