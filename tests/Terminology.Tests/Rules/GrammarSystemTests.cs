using Kangqiao.Terminology.Rules;

namespace Kangqiao.Terminology.Tests.Rules;

public sealed class GrammarSystemTests
{
    [Theory]
    [InlineData("zh")]
    [InlineData("zh-CN")]
    [InlineData("zh-Hans-CN")]
    [InlineData("zh-cmn-Hans-CN")]
    [InlineData("de-CH-1901")]
    [InlineData("sl-rozaj-biske")]
    [InlineData("en-a-bbb-x-a-ccc")]
    [InlineData("x-local")]
    [InlineData("es-419")]
    public void A_language_tag_of_RFC_5646_is_a_code(string tag) => Languages.IsValid(tag).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("中文")]
    [InlineData("zh_CN")]
    [InlineData("zh-")]
    [InlineData("1a")]
    [InlineData("z")]
    [InlineData("zh-CN-Hans")]
    [InlineData("en-a")]
    [InlineData("abcdefghi")]
    public void What_breaks_the_grammar_of_language_tags_is_none(string tag) => Languages.IsValid(tag).ShouldBeFalse();

    [Theory]
    [InlineData("application/pdf", true)]
    [InlineData("application/fhir+json; fhirVersion=4.0", true)]
    [InlineData("image/svg+xml", true)]
    [InlineData("text/plain;charset=utf-8", true)]
    [InlineData("pdf", false)]
    [InlineData("application/", false)]
    [InlineData("picture/jpeg", false)]
    [InlineData("text/plain; utf-8", false)]
    public void A_media_type_has_a_registered_top_level_and_a_name(string type, bool isValid) =>
        GrammarSystem.Find("urn:ietf:bcp:13")!.IsValid(type).ShouldBe(isValid);

    private static GrammarSystem Languages => GrammarSystem.Find("urn:ietf:bcp:47")!;
}
