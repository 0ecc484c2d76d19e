using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kangqiao.Fhir.Facts;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Tests.Terms;

public sealed class TermTextTests
{
    [Fact]
    public void The_start_of_a_text_is_the_start_of_its_term_and_different_texts_have_different_terms()
    {
        var text = Gen.ArrayOf(Gen.OneOf(
            Gen.Choose(0x20, 0x7E).Select(c => (char)c),
            Gen.Choose(0x80, 0xFF).Select(c => (char)c),
            Gen.Choose(0x4E00, 0x4E20).Select(c => (char)c))).Select(c => new string(c));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Arb.From(Gen.Two(text)), pair =>
        {
            var (left, right) = pair;
            var (leftTerm, rightTerm) = (Whole(left), Whole(right));

            // The search form has no capitals in circles and no no-break spaces: they are what we write for others.
            if (!left.Contains('\u00A0', StringComparison.Ordinal) && !right.Contains('\u00A0', StringComparison.Ordinal))
            {
                (leftTerm == rightTerm).ShouldBe(left == right);
            }

            Whole(left + right).ShouldBe(leftTerm + rightTerm);
            if (leftTerm.Length > 0)
            {
                _ = TermQuery.Is(leftTerm);
            }
        }));
    }

    [Fact]
    public void A_long_text_is_cut_between_characters()
    {
        TermText.Of("张三李四", 7, out var isWhole).ShouldBe("张三");
        isWhole.ShouldBeFalse();
        TermText.Of("张三", 6, out isWhole).ShouldBe("张三");
        isWhole.ShouldBeTrue();
    }

    [Fact]
    public void The_letters_that_stand_for_a_resource_type_in_a_reference_are_its_own()
    {
        R4.Facts.Types.Where(t => t.IsResource)
            .Select(t => TermHash.Of((byte)'t', Encoding.ASCII.GetBytes(t.Name)).Text(TermWriter.TypeLetters))
            .ShouldBeUnique();
    }

    [Fact]
    public void A_label_that_could_be_taken_for_another_is_refused()
    {
        RecordLabels.Label('i', "H1").ShouldNotBe(RecordLabels.Label('i', "h1"));
        Should.Throw<ArgumentException>(() => RecordLabels.Label('i', new string('a', 200)));
        Should.Throw<ArgumentException>(() => RecordLabels.Label('I', "a"));
    }

    private static string Whole(string text) => TermText.Of(text, 4096, out _);
}
