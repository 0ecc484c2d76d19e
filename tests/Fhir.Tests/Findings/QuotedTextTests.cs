using Kangqiao.Fhir.Findings;

namespace Kangqiao.Fhir.Tests.Findings;

public sealed class QuotedTextTests
{
    private static readonly FindingKind Kind = new("FHR999", "value", Severity.Error, "Bad '{0}'.", "“{0}”有误。");

    [Fact]
    public void A_message_does_not_repeat_control_characters_or_broken_surrogates() =>
        Of("a\0b\u0017\ud800c").English.ShouldBe("Bad 'a\uFFFDb\uFFFD\uFFFDc'.");

    [Fact]
    public void A_message_keeps_characters_of_any_script() => Of("𠮷野家 😀").English.ShouldBe("Bad '𠮷野家 😀'.");

    [Fact]
    public void A_message_does_not_repeat_megabytes() => Of(new string('x', 2_000_000)).English.Length.ShouldBeLessThan(600);

    private static Finding Of(string text) => new(Kind, Severity.Error, "Patient", [text], 1, 1);
}
